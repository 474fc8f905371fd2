// The runs of a simulation: overlap judged as the ledger does (SEM 2), with every run taking the same time.

import type { OverlapPolicy } from "../task.ts";
import type { DecidedInstant } from "./decided.ts";

/** A decided instant, and when its run would begin and end. */
export interface SimulatedOccurrence extends DecidedInstant {
  readonly decidedAtMs: number;
  readonly startedAtMs?: number;
  readonly finishedAtMs?: number;
  /** Ended by the next occurrence under `cancel-previous` or `terminate-previous`. */
  readonly isCancelled?: true;
}

export interface SimulatedRunsOptions {
  readonly policy: OverlapPolicy;
  readonly max: number;
  readonly durationMs: number;
}

interface Live {
  readonly startMs: number;
  readonly endMs: number;
  /** Index of its occurrence. */
  readonly index: number;
}

export class SimulatedRuns {
  readonly #options: SimulatedRunsOptions;
  readonly #occurrences: SimulatedOccurrence[] = [];
  /** Runs that had not ended when last looked at, in order of their start; those that wait start later than now. */
  #live: Live[] = [];
  #startedCount = 0;
  #lastEndMs = 0;

  constructor(options: SimulatedRunsOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#occurrences.length;
  }

  get startedCount(): number {
    return this.#startedCount;
  }

  /** When the last run ends. */
  get lastEndMs(): number {
    return this.#lastEndMs;
  }

  occurrences(): readonly SimulatedOccurrence[] {
    return this.#occurrences;
  }

  /** @param inOrder - a catch-up of `all`, which goes one after another, whatever overlap says (SEM 14) */
  record(occurrence: DecidedInstant, nowMs: number, inOrder = false): void {
    if (occurrence.decision !== "started") return this.#skip(occurrence, nowMs);
    this.#live = this.#live.filter((run) => run.endMs > nowMs);
    const { policy, max } = this.#options;
    const isLive = this.#live.length > 0;
    if (!isLive || policy === "allow") return this.#start(occurrence, nowMs, nowMs);
    if (policy === "queue-all" || inOrder) return this.#queue(occurrence, nowMs);
    const waiting = this.#live.filter((run) => run.startMs > nowMs).length;
    if (policy === "queue" && waiting < max) return this.#queue(occurrence, nowMs);
    if (policy === "cancel-previous" || policy === "terminate-previous") {
      this.#cancelLive(nowMs);
      return this.#start(occurrence, nowMs, nowMs);
    }
    const { isCatchUp: _isCatchUp, ...rest } = occurrence;
    this.#skip({ ...rest, decision: "skipped", reason: "overlap" }, nowMs);
  }

  #queue(occurrence: DecidedInstant, nowMs: number): void {
    this.#start(occurrence, nowMs, Math.max(nowMs, this.#live.at(-1)?.endMs ?? nowMs));
  }

  #start(occurrence: DecidedInstant, nowMs: number, startMs: number): void {
    const endMs = startMs + this.#options.durationMs;
    this.#live.push({ startMs, endMs, index: this.#occurrences.length });
    this.#occurrences.push({ ...occurrence, decidedAtMs: nowMs, startedAtMs: startMs, finishedAtMs: endMs });
    this.#startedCount++;
    this.#lastEndMs = endMs;
  }

  /** Ends what runs; what still waited behind it never begins. */
  #cancelLive(nowMs: number): void {
    for (const run of this.#live) {
      const occurrence = this.#occurrences[run.index];
      if (occurrence === undefined) continue;
      const { startedAtMs, ...rest } = occurrence;
      const began = startedAtMs === undefined || startedAtMs > nowMs ? {} : { startedAtMs };
      this.#occurrences[run.index] = { ...rest, ...began, finishedAtMs: nowMs, isCancelled: true };
    }
    this.#live = [];
  }

  /** Consecutive instants that start nothing for the same reason are one row (SEM 19). */
  #skip(occurrence: DecidedInstant, nowMs: number): void {
    const last = this.#occurrences.at(-1);
    const isSame =
      last !== undefined &&
      last.decision === occurrence.decision &&
      last.decision !== "started" &&
      last.reason === occurrence.reason &&
      last.intoMs === occurrence.intoMs;
    if (!isSame) {
      this.#occurrences.push({ ...occurrence, decidedAtMs: nowMs });
      return;
    }
    const counted =
      last.count !== undefined && occurrence.count !== undefined
        ? { count: last.count + occurrence.count }
        : {};
    const { count: _count, ...row } = last;
    this.#occurrences[this.#occurrences.length - 1] = {
      ...row,
      ...counted,
      untilMs: occurrence.untilMs ?? occurrence.scheduledForMs,
      decidedAtMs: nowMs,
    };
  }
}
