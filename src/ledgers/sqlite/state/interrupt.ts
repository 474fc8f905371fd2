// What a lost or stopped worker means for a claim: repeat, fail or end, as its executor states (SEM 10).

import { maxRecoveries } from "../../../domain/retry.ts";
import type { RunStatus } from "../../../domain/run-state.ts";
import { parsePausedBy, type RunRow } from "../run-row.ts";
import { noteAttempt } from "./attempt.ts";
import { end, letGo, putHeld, refusal, takeOut } from "./moves.ts";
import { grantPause } from "./pause-held.ts";
import { endStopped } from "./stop.ts";
import type { Tx } from "./tx.ts";

export interface Interruption {
  /** `unstarted`: the worker never knew of the claim, so nothing was begun. */
  readonly reason: "shutdown" | "worker-lost" | "unstarted";
  readonly atMs: number;
  /** No other suspect was at work in the process that died. */
  readonly isOnlySuspect?: boolean;
}

/** Gives on a claimed run, and returns the status it has then. */
export function interruptRun(tx: Tx, run: RunRow, interruption: Interruption): RunStatus {
  const { reason, atMs, isOnlySuspect = false } = interruption;
  if (run.status === "cancelling") return endStopped(tx, run, atMs);
  const { type, onInterrupted } = tx.tasks.definition(run.taskKey, run.revision);
  const stated = onInterrupted ?? tx.workers.executor(type)?.onInterrupted ?? "repeat";
  const mayRepeat = reason === "unstarted" || stated !== "fail";
  if (run.status === "paused") return stayPaused(tx, run, { reason, atMs });
  if (!mayRepeat) {
    return fail(tx, run, {
      atMs,
      endedBy: reason,
      code: "OUTCOME_UNKNOWN",
      message: "the worker stopped and the work must not be repeated by itself",
    });
  }
  if (reason === "worker-lost" && isOnlySuspect && run.recoveries + 1 >= maxRecoveries) {
    count(run, reason);
    return fail(tx, run, {
      atMs,
      endedBy: reason,
      code: "WORKER_LOST",
      message: `the process that ran it died ${run.recoveries} times`,
    });
  }
  const wish = run.pauseWanted;
  noteAttempt(tx, run, { atMs, endedBy: reason });
  takeOut(tx, run);
  count(run, reason);
  tx.event(run, reason === "worker-lost" ? "run.recovered" : "run.interrupted", { atMs, data: { reason } });
  letGo(tx, run, atMs);
  grantPause(tx, run, wish, atMs);
  return run.status;
}

/** A lost lease never un-pauses: the run stays paused without claim, and resume makes it pending (SEM 12). */
function stayPaused(tx: Tx, run: RunRow, { reason, atMs }: Interruption): RunStatus {
  noteAttempt(tx, run, { atMs, endedBy: reason });
  const pausedBy = run.pauseWanted;
  const clocks = run.clocks;
  takeOut(tx, run);
  count(run, reason);
  tx.event(run, reason === "worker-lost" ? "run.recovered" : "run.interrupted", { atMs, data: { reason } });
  run.pausedFrom = "pending";
  run.pausedBy = pausedBy;
  run.clocks = clocks;
  run.resumeAtMs = pausedBy === null ? null : (parsePausedBy(pausedBy).resumeAtMs ?? null);
  putHeld(tx, run);
  return run.status;
}

function count(run: RunRow, reason: Interruption["reason"]): void {
  if (reason === "worker-lost") run.recoveries += 1;
  else run.interruptions += 1;
}

function fail(
  tx: Tx,
  run: RunRow,
  failure: {
    readonly atMs: number;
    readonly endedBy: string;
    readonly code: string;
    readonly message: string;
  },
): RunStatus {
  noteAttempt(tx, run, { atMs: failure.atMs, endedBy: failure.endedBy, isLast: true });
  takeOut(tx, run);
  end(tx, run, { status: "failed", atMs: failure.atMs, result: refusal(failure.code, failure.message) });
  return "failed";
}
