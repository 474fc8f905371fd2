// Things of a simulated process that die with it: its clock, its connection to the ledger, its broker.

import type { Broker, Delivery, Signal, Unsubscribe } from "../../src/ports/broker.ts";
import type { CancelTimer, Clock, TimerOptions } from "../../src/ports/clock.ts";
import type { Ledger } from "../../src/ports/ledger.ts";
import type { Random } from "../../src/ports/random.ts";

/** Whether a simulated process lives, and when chance ends it. */
export class Life {
  isAlive = true;
  readonly #random: Random;
  /** Chance that a ledger call is the last thing this process does. */
  deathRate = 0;
  readonly #onDeath: () => void;

  constructor(random: Random, onDeath: () => void) {
    this.#random = random;
    this.#onDeath = onDeath;
  }

  mayDie(): boolean {
    if (this.isAlive && this.#random.next() < this.deathRate) this.end();
    return !this.isAlive;
  }

  end(): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    this.#onDeath();
  }
}

/** Timers of a dead process never fire. */
export class MortalClock implements Clock {
  readonly #clock: Clock;
  readonly #life: Life;

  constructor(clock: Clock, life: Life) {
    this.#clock = clock;
    this.#life = life;
  }

  now(): number {
    return this.#clock.now();
  }
  monotonic(): number {
    return this.#clock.monotonic();
  }
  after(delayMs: number, act: () => void, options?: TimerOptions): CancelTimer {
    return this.#clock.after(delayMs, () => this.#life.isAlive && act(), options);
  }
  endOfTurn(act: () => void): void {
    this.#clock.endOfTurn(() => this.#life.isAlive && act());
  }
}

const never = new Promise<never>(() => undefined);

/**
 * A connection that breaks with its process: before a call (nothing is written), or after it (written, and nobody is
 * told). What a dead process had asked for may still be committed, as with a real database.
 */
export function mortalLedger(ledger: Ledger, life: Life): Ledger {
  const wrap = <Part extends object>(part: Part): Part =>
    new Proxy(part, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== "function") return member;
        return (...args: readonly unknown[]): unknown => {
          if (life.mayDie()) return never;
          const result: unknown = Reflect.apply(member, target, args);
          if (!(result instanceof Promise)) return result;
          return result.then(
            (value: unknown) => (life.mayDie() ? never : value),
            (error: unknown) =>
              life.isAlive
                ? Promise.reject(error instanceof Error ? error : new Error(String(error)))
                : never,
          );
        };
      },
    });
  return {
    capabilities: ledger.capabilities,
    identity: ledger.identity,
    tasks: wrap(ledger.tasks),
    runs: wrap(ledger.runs),
    workers: wrap(ledger.workers),
    backfills: wrap(ledger.backfills),
    errors: wrap(ledger.errors),
    access: wrap(ledger.access),
    audit: wrap(ledger.audit),
    calls: {
      recall: (call) => wrap(ledger.calls).recall(call),
      remember: (call, answer) => wrap(ledger.calls).remember(call, answer),
      remembering: (call) => mortalLedger(ledger.calls.remembering(call), life),
    },
    feed: wrap(ledger.feed),
    maintenance: wrap(ledger.maintenance),
    onCommit: (listener, options) => ledger.onCommit((note) => life.isAlive && listener(note), options),
    setUrl: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

/** Loses, doubles and delays deliveries and signals: all a broker is allowed to do wrong. */
export class FlakyBroker implements Broker {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #consumers = new Map<string, (delivery: Delivery) => Promise<void>>();
  readonly #subscribers = new Set<(signal: Signal) => void>();
  /** Chance of each fault. */
  faultRate = 0;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  async deliver(delivery: Delivery): Promise<void> {
    this.#badly(() => void this.#consumers.get(delivery.queue)?.(delivery));
  }
  async consume(queue: string, receive: (delivery: Delivery) => Promise<void>): Promise<Unsubscribe> {
    this.#consumers.set(queue, receive);
    return async () => void this.#consumers.delete(queue);
  }
  async signal(signal: Signal): Promise<void> {
    for (const receive of this.#subscribers) this.#badly(() => receive(signal));
  }
  async subscribe(receive: (signal: Signal) => void): Promise<Unsubscribe> {
    this.#subscribers.add(receive);
    return async () => void this.#subscribers.delete(receive);
  }
  async close(): Promise<void> {}

  #badly(act: () => void): void {
    const chance = this.#random.next();
    if (chance < this.faultRate) return;
    if (chance < 2 * this.faultRate) act();
    if (chance < 3 * this.faultRate) this.#clock.after(this.#random.next() * 3000, act);
    else act();
  }
}
