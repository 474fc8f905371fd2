// Writes the ends of attempts in groups: they ride with the next claim, or go by themselves within 2 ms.

import { RotaError } from "../domain/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { RunLedger, Settlement, SettleReply } from "../ports/run-ledger.ts";
import type { Telemetry } from "../ports/telemetry.ts";

/** How long a finished attempt may wait for company. It costs throughput nothing and saves a commit each (measured). */
const lingerMs = 2;
/** A group is sent at once when it has grown to this. */
const groupSize = 500;
/** Waits between tries while the ledger is away; the results are kept. */
const retryWaitsMs = [100, 250, 500, 1000, 2000];

interface Waiting {
  readonly settlement: Settlement;
  readonly done: (reply: SettleReply) => void;
}

/**
 * Collects settlements and writes each exactly as it was given; a result is never dropped while the process lives, the
 * ledger may be away as long as it likes.
 */
export class Settler {
  readonly #ledger: RunLedger;
  readonly #clock: Clock;
  readonly #telemetry: Telemetry;
  #waiting: Waiting[] = [];
  #lingering: (() => void) | undefined;
  #unsettled = 0;
  #idle: (() => void)[] = [];

  constructor(ledger: RunLedger, clock: Clock, telemetry: Telemetry) {
    this.#ledger = ledger;
    this.#clock = clock;
    this.#telemetry = telemetry;
  }

  /** Settlements given and not yet committed. */
  get unsettled(): number {
    return this.#unsettled;
  }

  /** Calls `done` after the commit. */
  add(settlement: Settlement, done: (reply: SettleReply) => void): void {
    this.#unsettled++;
    this.#waiting.push({ settlement, done });
    if (this.#waiting.length >= groupSize) this.flush();
    else this.#lingering ??= this.#clock.after(lingerMs, () => this.flush());
  }

  /** Sends what waits; called by whoever is about to write anyway, so that both share a commit. */
  flush(): void {
    this.#lingering?.();
    this.#lingering = undefined;
    if (this.#waiting.length === 0) return;
    const group = this.#waiting;
    this.#waiting = [];
    void this.#write(group, 0);
  }

  /** Resolves when everything given so far is committed. */
  async drained(): Promise<void> {
    this.flush();
    if (this.#unsettled > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  async #write(group: readonly Waiting[], failures: number): Promise<void> {
    try {
      const replies = await this.#ledger.settle(
        group.map((waiting) => waiting.settlement),
        this.#clock.now(),
      );
      group.forEach((waiting, index) => waiting.done(replies[index] ?? { ok: false }));
      this.#done(group.length);
    } catch (error) {
      if (RotaError.isInstance(error) && !error.retryable) return this.#refused(group, error);
      // Nothing was changed. Written again under the same claims: a repeat of a settlement that did commit is refused.
      const waitMs = retryWaitsMs[Math.min(failures, retryWaitsMs.length - 1)] ?? 1000;
      this.#clock.after(waitMs, () => void this.#write(group, failures + 1));
    }
  }

  /** Something in the group cannot be stored, however often it is tried: the others must not suffer for it. */
  #refused(group: readonly Waiting[], error: RotaError): void {
    const [only, ...others] = group;
    if (only !== undefined && others.length === 0) {
      this.#telemetry.emit({ kind: "service.failed", service: "settler", error: error.message });
      only.done({ ok: false });
      this.#done(1);
      return;
    }
    for (const waiting of group) void this.#write([waiting], 0);
  }

  #done(count: number): void {
    this.#unsettled -= count;
    if (this.#unsettled === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }
}
