// The core of a cancel: what holds nothing ends at once, what is in a worker's hands is asked to stop (SEM 9).

import type { CancelRequest } from "../../../domain/run.ts";
import { isTerminal, nextRunStatus, type RunStatus } from "../../../domain/run-state.ts";
import { parseCancel, type RunRow } from "../run-row.ts";
import { noteAttempt } from "./attempt.ts";
import { end, freedSlot, refusal, takeOut } from "./moves.ts";
import type { Tx } from "./tx.ts";

/** Cancels a live run; false when nothing had to change. */
export function requestStop(tx: Tx, run: RunRow, request: CancelRequest): boolean {
  const next = nextRunStatus(run.status, "cancel");
  if (next === undefined) return false;
  if (isTerminal(next)) {
    endCancelled(tx, run, request);
    return true;
  }
  if (run.status === "cancelling") return hastenStop(tx, run, request);
  run.status = next;
  run.cancel = JSON.stringify(request);
  run.pauseWanted = null;
  tx.event(run, "run.cancel-requested", { atMs: request.requestedAtMs, data: eventData(request) });
  writeClaimed(tx, run);
  tx.note.cancel(run.key);
  return true;
}

/** Ends a run at once as cancelled. One paused in a worker's hands loses its claim: its worker learns it by its beat. */
function endCancelled(tx: Tx, run: RunRow, request: CancelRequest): void {
  const wasClaimed = run.phase === "claimed";
  takeOut(tx, run);
  run.cancel = JSON.stringify(request);
  tx.event(run, "run.cancel-requested", { atMs: request.requestedAtMs, data: eventData(request) });
  const reason = request.reason ?? `cancelled by ${request.actor}`;
  end(tx, run, {
    status: "cancelled",
    atMs: request.requestedAtMs,
    result: refusal("CANCELLED", reason, { cause: request.cause }),
  });
  if (wasClaimed) tx.note.cancel(run.key);
}

/** Ends a run whose stop was requested and whose claim ended otherwise than in success. */
export function endStopped(tx: Tx, run: RunRow, atMs: number): RunStatus {
  const request = run.cancel === null ? undefined : parseCancel(run.cancel);
  const isDeadline = request?.cause === "timeout";
  const status = isDeadline ? "timed_out" : "cancelled";
  noteAttempt(tx, run, { atMs, endedBy: status, isLast: true });
  takeOut(tx, run);
  const result = isDeadline
    ? refusal("DEADLINE", "the run took longer than its deadline")
    : refusal("CANCELLED", request?.reason ?? `cancelled by ${request?.actor ?? "rota"}`);
  end(tx, run, { status, atMs, result });
  return status;
}

/** Writes the changed columns of a claimed row; the mirror holds the same object from now on. */
export function writeClaimed(tx: Tx, run: RunRow): void {
  if (!tx.claimed.hasOwnRow(run.key)) return writeOwnRow(tx, run);
  tx.sql
    .named("runs.updateClaimed")
    .run(run.status, run.version, run.flags, run.cancel, run.pauseWanted, run.clocks, run.key);
}

/** Something happened to a run that its batch cannot say: from now on it has a row of its own. */
function writeOwnRow(tx: Tx, run: RunRow): void {
  const emptied = tx.claimed.delete(run.key);
  tx.claimed.put(run);
  if (emptied !== undefined) tx.sql.named("runs.deleteBatch").run(emptied);
  tx.sql
    .named("runs.insertClaimed")
    .run(
      run.key,
      run.workerKey,
      run.taskKey,
      run.laneId,
      run.status,
      run.claim,
      run.attempt,
      run.recoveries,
      run.interruptions,
      run.version,
      run.flags,
      run.claimedAtMs,
      run.startedAtMs,
      run.cancel,
      run.pauseWanted,
      run.clocks,
    );
}

/** A claimed run that is paused counts under no limit until it goes on (SEM 12). */
export function pausedInPlace(tx: Tx, run: RunRow): void {
  writeClaimed(tx, run);
  freedSlot(tx, run);
}

/** A further request counts only when it leaves less grace. */
function hastenStop(tx: Tx, run: RunRow, request: CancelRequest): boolean {
  const known = run.cancel === null ? undefined : parseCancel(run.cancel);
  if (known !== undefined && known.graceMs <= request.graceMs) return false;
  run.cancel = JSON.stringify(
    known === undefined
      ? request
      : { ...known, graceMs: request.graceMs, requestedAtMs: request.requestedAtMs },
  );
  tx.event(run, "run.cancel-requested", { atMs: request.requestedAtMs, data: eventData(request) });
  writeClaimed(tx, run);
  tx.note.cancel(run.key);
  return true;
}

function eventData(request: CancelRequest) {
  return {
    cause: request.cause,
    actor: request.actor,
    graceMs: request.graceMs,
    ...(request.reason === undefined ? {} : { reason: request.reason }),
  };
}
