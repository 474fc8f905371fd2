// One run in a thread or process of a pool: from waiting for a place to its outcome.

import type { Json } from "../domain/json.ts";
import type { Limits } from "../domain/limits.ts";
import type { Outcome, RunError } from "../domain/outcome.ts";
import type { Clock } from "../ports/clock.ts";
import type { Executor, HostedRun, RunServices } from "../ports/executor.ts";
import type { Guest, GuestPool, Ticket } from "./guest-pool.ts";
import { failed, outcomeOfAbort, outcomeOfThrown } from "./outcome-of.ts";
import { ServedRun, type Ended } from "./served-run.ts";

/** What is to be run. */
export interface Assignment {
  readonly executor: Executor;
  readonly params: Json;
  readonly services: RunServices;
}

export interface GuestRunOptions {
  readonly pool: GuestPool;
  /** Guests of this key may serve it. */
  readonly key: string;
  /** Tells the messages of this run from those of the one before in the same guest. */
  readonly seq: number;
  readonly clock: Clock;
  readonly limits: Limits;
}

export class GuestRun implements HostedRun {
  readonly outcome: Promise<Outcome>;
  readonly #assignment: Assignment;
  readonly #options: GuestRunOptions;
  #ticket: Ticket | undefined;
  #served: ServedRun | undefined;
  #isKilled = false;
  #isEnded = false;
  #isSuspended = false;

  constructor(assignment: Assignment, options: GuestRunOptions) {
    this.#assignment = assignment;
    this.#options = options;
    this.outcome = this.#perform().finally(() => (this.#isEnded = true));
  }

  async kill(): Promise<"killed"> {
    this.#isKilled = true;
    const guest = await this.#guest({ giveUp: true });
    await guest?.kill();
    return "killed";
  }

  async suspend(): Promise<boolean> {
    const guest = await this.#guest();
    this.#isSuspended = (await guest?.suspend()) ?? false;
    return this.#isSuspended;
  }

  async continue(): Promise<boolean> {
    this.#isSuspended = false;
    const guest = await this.#guest();
    return (await guest?.continue()) ?? false;
  }

  /** The guest at work on this run, once it has one; undefined when the run has ended. */
  async #guest({ giveUp = false } = {}): Promise<Guest | undefined> {
    if (giveUp) this.#ticket?.giveUp();
    const guest = await this.#ticket?.guest;
    return this.#isEnded ? undefined : guest;
  }

  async #perform(): Promise<Outcome> {
    const { signal } = this.#assignment.services;
    if (signal.aborted) return outcomeOfAbort(signal);
    const onAbort = (): void => this.#abort();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      this.#ticket = this.#options.pool.acquire(this.#options.key);
      const guest = await this.#ticket.guest;
      if (!guest) return this.#withoutEnd();
      if (signal.aborted) this.#options.pool.release(guest);
      return signal.aborted ? outcomeOfAbort(signal) : await this.#serve(guest);
    } catch (thrown) {
      return outcomeOfThrown(thrown, signal);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  async #serve(guest: Guest): Promise<Outcome> {
    const { executor, params, services } = this.#assignment;
    const { pool, clock, limits, seq } = this.#options;
    const { promise, resolve } = Promise.withResolvers<Ended>();
    const served = new ServedRun(seq, services, (message) => guest.post(message));
    this.#served = served;
    guest.listener = {
      message: (message) => {
        const ended = served.receive(message);
        if (ended) resolve(ended);
      },
      gone: (error) => resolve({ outcome: this.#withoutEnd(error), isClean: false }),
    };
    served.start(executor, params, { limits, nowMs: clock.now() });
    const { outcome, isClean } = await promise;
    this.#isEnded = true;
    if (isClean && !this.#isKilled) pool.release(guest);
    else await pool.discard(guest);
    return outcome;
  }

  #abort(): void {
    this.#ticket?.giveUp();
    this.#served?.abort();
    // What stands still cannot clean up within its grace.
    if (this.#isSuspended) void this.continue();
  }

  /** The code did not get to say how it ended. */
  #withoutEnd(error?: RunError): Outcome {
    const { signal } = this.#assignment.services;
    if (signal.aborted) return outcomeOfAbort(signal);
    if (this.#isKilled) return { kind: "aborted" };
    if (this.#options.pool.isClosed || !error) return { kind: "interrupted", reason: "shutdown" };
    return failed(error);
  }
}
