// A bounded set of threads or processes which serve runs one after the other.

import { RotaError } from "../domain/errors.ts";
import type { RunError } from "../domain/outcome.ts";
import type { CancelTimer, Clock } from "../ports/clock.ts";
import type { FromGuest, ToGuest } from "./channel.ts";

/** A thread or process as its host holds it. */
export interface Guest {
  post(message: ToGuest): void;
  /** Who hears it while a run is at work in it; nobody in between. */
  listener: GuestListener | undefined;
  /** Ends it by force; resolves when it is really gone. */
  kill(): Promise<void>;
  suspend(): Promise<boolean>;
  continue(): Promise<boolean>;
  /** Whether it keeps our process alive. */
  hold(isHeld: boolean): void;
}

export interface GuestListener {
  message(message: FromGuest): void;
  /** It has ended by itself or by force. */
  gone(error: RunError): void;
}

export interface GuestPoolOptions {
  readonly clock: Clock;
  /** Starts one for runs of that key; calls `gone` when it has ended, whether or not anybody listens. */
  readonly start: (key: string, gone: () => void) => Guest;
  /** Most guests at once; further runs wait in order. */
  readonly max: number;
  /** How long one waits for its next run before it is ended, in milliseconds. */
  readonly idleMs: number;
}

interface Waiting {
  readonly key: string;
  readonly take: (guest: Guest | undefined) => void;
}

interface Idle {
  readonly guest: Guest;
  readonly key: string;
  readonly cancelTimer: CancelTimer;
}

/** A guest that may come, or `undefined` when the wait for it was given up. */
export interface Ticket {
  readonly guest: Promise<Guest | undefined>;
  giveUp(): void;
}

export class GuestPool {
  readonly #options: GuestPoolOptions;
  readonly #all = new Map<Guest, string>();
  /** Newest last: the one used last is used next, so that the others can end. */
  readonly #idle: Idle[] = [];
  readonly #waiting: Waiting[] = [];
  #isClosed = false;

  constructor(options: GuestPoolOptions) {
    this.#options = options;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** @throws CLOSED */
  acquire(key: string): Ticket {
    if (this.#isClosed) throw new RotaError("CLOSED", "this host has been closed");
    const ready = this.#takeIdle(key) ?? this.#startOne(key);
    if (ready) return { guest: Promise.resolve(ready), giveUp: () => undefined };
    const { promise, resolve } = Promise.withResolvers<Guest | undefined>();
    const waiting: Waiting = { key, take: resolve };
    this.#waiting.push(waiting);
    const giveUp = (): void => {
      const index = this.#waiting.indexOf(waiting);
      if (index < 0) return;
      this.#waiting.splice(index, 1);
      resolve(undefined);
    };
    return { guest: promise, giveUp };
  }

  /** Gives one back that may serve another run. */
  release(guest: Guest): void {
    guest.listener = undefined;
    const key = this.#all.get(guest);
    if (key === undefined) return;
    guest.hold(false);
    const cancelTimer = this.#options.clock.after(this.#options.idleMs, () => {
      this.#dropIdle(guest);
      this.#end(guest);
    });
    this.#idle.push({ guest, key, cancelTimer });
    this.#serveNext();
  }

  /** Ends one that must not serve another run. */
  async discard(guest: Guest): Promise<void> {
    guest.listener = undefined;
    await guest.kill();
  }

  /** Ends all of them, by force, and whoever waits gets none. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { take } of this.#waiting.splice(0)) take(undefined);
    for (const { cancelTimer } of this.#idle.splice(0)) cancelTimer();
    await Promise.all([...this.#all.keys()].map((guest) => guest.kill()));
  }

  #takeIdle(key: string): Guest | undefined {
    const index = this.#idle.findLastIndex((idle) => idle.key === key);
    const [idle] = index < 0 ? [] : this.#idle.splice(index, 1);
    idle?.cancelTimer();
    idle?.guest.hold(true);
    return idle?.guest;
  }

  #startOne(key: string): Guest | undefined {
    if (this.#all.size >= this.#options.max) {
      // One that waits for runs of another module makes room; it leaves the count when it is gone.
      const [oldest] = this.#idle.splice(0, 1);
      oldest?.cancelTimer();
      if (oldest) this.#end(oldest.guest);
      return undefined;
    }
    const guest = this.#options.start(key, () => this.#gone(guest));
    this.#all.set(guest, key);
    return guest;
  }

  #gone(guest: Guest): void {
    this.#all.delete(guest);
    this.#dropIdle(guest);
    this.#serveNext();
  }

  #dropIdle(guest: Guest): void {
    const index = this.#idle.findIndex((idle) => idle.guest === guest);
    const [idle] = index < 0 ? [] : this.#idle.splice(index, 1);
    idle?.cancelTimer();
  }

  #serveNext(): void {
    const [next] = this.#waiting;
    if (!next || this.#isClosed) return;
    const guest = this.#takeIdle(next.key) ?? this.#startOne(next.key);
    if (!guest) return;
    this.#waiting.shift();
    next.take(guest);
  }

  /** Killing never rejects; who waits for the place hears of it through `#gone`. */
  #end(guest: Guest): void {
    void guest.kill();
  }
}
