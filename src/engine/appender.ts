// Carries progress, logs and output of running attempts to the ledger, one write a turn.

import type { Key } from "../domain/ids.ts";
import type { Json, JsonObject } from "../domain/json.ts";
import type { Clock } from "../ports/clock.ts";
import type { LogLevel } from "../ports/executor.ts";
import type { AppendLimits, RunAppend, RunLedger } from "../ports/run-ledger.ts";

interface Collected {
  runKey: Key;
  claim: number;
  progress?: Json;
  logs: { atMs: number; level: LogLevel; message: string; fields?: Json }[];
  output: Json[];
}

export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields?: JsonObject;
}

/** Keeps order within a run. What is written before an attempt ends is stored before its end is. */
export class Appender {
  readonly #ledger: RunLedger;
  readonly #clock: Clock;
  readonly #limits: AppendLimits;
  #collected = new Map<Key, Collected>();
  #scheduled = false;

  constructor(ledger: RunLedger, clock: Clock, limits: AppendLimits) {
    this.#ledger = ledger;
    this.#limits = { logBytes: limits.logBytes, outputBytes: limits.outputBytes };
    this.#clock = clock;
  }

  progress(runKey: Key, claim: number, value: Json): void {
    this.#of(runKey, claim).progress = value;
  }

  log(runKey: Key, claim: number, line: LogLine): void {
    this.#of(runKey, claim).logs.push({ atMs: this.#clock.now(), ...line });
  }

  emit(runKey: Key, claim: number, chunk: Json): void {
    this.#of(runKey, claim).output.push(chunk);
  }

  /** Sends what was collected; called before a settlement is, so that nothing arrives after the end. */
  flush(): void {
    this.#scheduled = false;
    if (this.#collected.size === 0) return;
    const appends: RunAppend[] = [...this.#collected.values()];
    this.#collected = new Map();
    // A refusal means the claim is over, and an outage that the lines are lost with the ledger: neither fails the run.
    this.#ledger.append(appends, this.#clock.now(), this.#limits).catch(() => undefined);
  }

  #of(runKey: Key, claim: number): Collected {
    let collected = this.#collected.get(runKey);
    if (!collected || collected.claim !== claim) {
      if (collected) this.flush();
      collected = { runKey, claim, logs: [], output: [] };
      this.#collected.set(runKey, collected);
    }
    if (!this.#scheduled) {
      this.#scheduled = true;
      this.#clock.endOfTurn(() => this.flush());
    }
    return collected;
  }
}
