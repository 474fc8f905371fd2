// A run's moves between the four state tables: taken out of one, put into another.

import type { Result } from "../../../domain/outcome.ts";
import type { Key } from "../../../domain/ids.ts";
import { isSuspect } from "../../../domain/retry.ts";
import type { TerminalStatus } from "../../../domain/run-state.ts";
import { flag, parseExtra, scheduleOrigin, timerKind, type RunRow } from "../run-row.ts";
import { leaveBackfill } from "./backfill-run.ts";
import { forgetMemo, memoOf } from "./memo.ts";
import type { TaskHeader } from "./task-cache.ts";
import { countTask } from "./task-totals.ts";
import type { Tx } from "./tx.ts";

/** Takes a live run out of its table; it must be put into one before the verb ends. */
export function takeOut(tx: Tx, run: RunRow): void {
  switch (run.phase) {
    case "ready":
      tx.sql.named("runs.deleteReady").run(run.laneId, run.place, run.key);
      tx.totals.add(`ready/${tx.lanes.lane(run.laneId).queue.id}`, -1);
      // It may have been let go for room that it does not take now.
      freedSlot(tx, run);
      return;
    case "held":
      tx.sql.named("runs.deleteHeld").run(run.key);
      tx.totals.add(`held/${run.status}/${tx.lanes.lane(run.laneId).queue.id}`, -1);
      dropWaitTimers(tx, run);
      return;
    case "claimed":
      if (tx.claimed.hasOwnRow(run.key)) tx.sql.named("runs.deleteClaimed").run(run.key);
      leftClaimed(tx, run);
      return;
    case "ended":
      throw new Error(`run ${run.key} has ended and cannot move`);
    default:
      run.phase satisfies never;
  }
}

/** What follows when a row has left `claimed`, or stopped counting there. */
function leftClaimed(tx: Tx, run: RunRow): void {
  const emptied = tx.claimed.delete(run.key);
  if (emptied !== undefined) tx.sql.named("runs.deleteBatch").run(emptied);
  freedSlot(tx, run);
}

/** A run gave up its slot of queue, task and key, and its turn among suspects. */
export function freedSlot(tx: Tx, run: Pick<RunRow, "laneId" | "taskKey" | "recoveries">): void {
  if (isSuspect(run)) tx.after.suspect();
  const lane = tx.lanes.lane(run.laneId);
  if (lane.queue.config.concurrency !== undefined) tx.note.runnable(lane.queue.name);
  if (lane.key !== "") tx.after.lane(lane.id);
  if (tx.tasks.get(run.taskKey).rules.limit !== undefined) tx.after.task(run.taskKey);
}

/** Puts a run among those a worker may take. */
function putReady(tx: Tx, run: RunRow): void {
  run.phase = "ready";
  run.status = "pending";
  clearHeld(run);
  clearClaim(run);
  tx.sql
    .named("runs.insertReady")
    .run(
      run.laneId,
      run.place,
      run.key,
      run.claim,
      run.attempt,
      run.recoveries,
      run.interruptions,
      run.version,
      run.flags,
      run.startedAtMs,
    );
  becameReady(tx, run);
}

/** What follows when a row has come into `ready`. */
function becameReady(tx: Tx, run: RunRow): void {
  const lane = tx.lanes.lane(run.laneId);
  tx.totals.add(`ready/${lane.queue.id}`, 1);
  tx.lanes.waits(lane);
  tx.note.runnable(lane.queue.name);
}

/** Puts a run aside, in the status and with the waits set in its row; timers are written for them. */
export function putHeld(tx: Tx, run: RunRow): void {
  run.phase = "held";
  clearClaim(run);
  tx.sql
    .named("runs.insertHeld")
    .run(
      run.key,
      run.taskKey,
      run.laneId,
      run.place,
      run.status,
      run.claim,
      run.attempt,
      run.recoveries,
      run.interruptions,
      run.version,
      run.flags,
      run.startedAtMs,
      run.waitUntilMs,
      run.answerByMs,
      run.resumeAtMs,
      run.parkedOn,
      run.pausedFrom,
      run.pausedBy,
      run.clocks,
      run.wait,
    );
  tx.totals.add(`held/${run.status}/${tx.lanes.lane(run.laneId).queue.id}`, 1);
  setTimer(tx, { atMs: run.waitUntilMs, run, kind: timerKind.due });
  setTimer(tx, { atMs: run.answerByMs, run, kind: timerKind.answer });
  setTimer(tx, { atMs: run.resumeAtMs, run, kind: timerKind.resume });
}

/**
 * Puts a pending run where it belongs now: aside until it is due, into the line of its task's overlap policy, or among
 * the ready ones.
 */
export function letGo(tx: Tx, run: RunRow, nowMs: number): void {
  run.status = "pending";
  const { waitUntilMs } = run;
  clearHeld(run);
  if (waitUntilMs !== null && waitUntilMs > nowMs) {
    run.waitUntilMs = waitUntilMs;
    putHeld(tx, run);
  } else if ((run.flags & flag.inLine) !== 0) {
    run.parkedOn = `overlap:${run.taskKey}`;
    putHeld(tx, run);
  } else {
    putReady(tx, run);
  }
}

/** How a run ended, for {@link end}. */
export interface Ending {
  readonly status: TerminalStatus;
  readonly atMs: number;
  /** JSON of the envelope without what follows from the row. */
  readonly result?: string | undefined;
}

/** Ends a run that is in no table, and lets all know who waited for it. */
export function end(tx: Tx, run: RunRow, { status, atMs, result }: Ending): void {
  run.phase = "ended";
  run.status = status;
  tx.event(run, endEvent(status), { atMs, isDerived: true });
  tx.sql
    .named("runs.insertEnded")
    .run(
      run.key,
      status,
      run.claim,
      run.attempt,
      run.recoveries,
      run.interruptions,
      run.version,
      run.workerKey,
      run.startedAtMs,
      atMs,
      result ?? null,
      run.cancel,
    );
  tx.totals.add(`ended/${status}`, 1);
  noteFailure(tx, run, { status, atMs, result });
  afterEnd(tx, run, { status, atMs });
}

/** Whoever fails for good joins the error inbox. */
export function noteFailure(
  tx: Tx,
  run: Pick<RunRow, "key" | "taskKey" | "revision">,
  { status, atMs, result }: Ending,
): void {
  if (status !== "failed" && status !== "timed_out") return;
  const definition = tx.tasks.definition(run.taskKey, run.revision);
  tx.errors.note({ key: run.key, definition, status, result, atMs });
}

/** What follows the end of a run, once its row is in `ended`. */
function afterEnd(
  tx: Tx,
  run: RunRow,
  ended: { readonly status: TerminalStatus; readonly atMs: number },
): void {
  afterPlainEnd(tx, run, ended);
  if (!tx.tasks.get(run.taskKey).isTracked) tx.totals.add(`live/${run.taskKey}`, -1);
  if ((run.flags & flag.waits) !== 0) tx.sql.named("dependencies.forget").run(run.key);
  if ((run.flags & flag.refers) !== 0)
    tx.sql.named("runs.deleteReferral").run(parseExtra(run.extra).retryOf ?? 0, run.key);
  if ((run.flags & flag.timed) !== 0) dropTimed(tx, run);
  if ((run.flags & flag.memo) !== 0) forgetMemo(tx, run);
  if ((run.flags & flag.backfilled) !== 0) leaveBackfill(tx, run, ended.atMs);
  if ((run.flags & flag.keyed) !== 0) tx.sql.named("dedup.release").run(run.key);
}

/** The same for a run without rare things; that it is live no more is counted by the caller where it is not listed. */
export function afterPlainEnd(
  tx: Tx,
  run: Pick<RunRow, "key" | "taskKey" | "origin" | "flags">,
  { status, atMs }: { readonly status: TerminalStatus; readonly atMs: number },
): void {
  const task = tx.tasks.get(run.taskKey);
  if (task.isTracked) {
    tx.sql.named("runs.deleteLive").run(run.taskKey, (run.flags & flag.inLine) === 0 ? 0 : 1, run.key);
    tx.after.task(run.taskKey);
  }
  if (task.isDependedOn) tx.after.ended({ key: run.key, status });
  if (run.origin === scheduleOrigin && task.rules.chainMs !== undefined) chain(tx, task, atMs);
}

/** Fixed delay: the end of the run it started sets the next instant (SEM 17). */
export function chain(tx: Tx, task: TaskHeader, fromMs: number): void {
  const { chainMs } = task.rules;
  const { maxRuns } = task.definition;
  if (chainMs === undefined || task.isDeleted || (task.status !== "active" && task.status !== "paused"))
    return;
  if (maxRuns !== undefined && task.startedCount >= maxRuns) return;
  const nextMs = Math.max(fromMs + chainMs, task.decidedThroughMs + 1);
  setNextFire(tx, task, nextMs);
}

/** Writes when the task fires next; while it is paused the instant is kept apart. */
export function setNextFire(tx: Tx, task: TaskHeader, nextMs: number | null): void {
  const isPaused = task.status === "paused";
  task.nextFireAtMs = isPaused ? null : nextMs;
  task.keptFireAtMs = isPaused ? nextMs : null;
  tx.sql.named("tasks.setNextFire").run(task.nextFireAtMs, task.keptFireAtMs, task.key);
  countTask(tx.totals, task);
  if (task.nextFireAtMs !== null) tx.note.fires(task.nextFireAtMs);
}

export function endEvent(status: TerminalStatus) {
  return status === "timed_out" ? "run.timed-out" : (`run.${status}` as const);
}

/** The stored result of an end that Rota itself decided. */
export function refusal(
  code: string,
  message: string,
  details?: NonNullable<Result["error"]>["details"],
): string {
  return JSON.stringify({
    message,
    error: { code, message, retryable: false, ...(details === undefined ? {} : { details }) },
  });
}

export function setTimer(
  tx: Tx,
  timer: { readonly atMs: number | null; readonly run: RunRow; readonly kind: number },
): void {
  if (timer.atMs === null) return;
  tx.sql.named("timers.insert").run(timer.atMs, timer.run.key, timer.kind);
  tx.note.timer(timer.atMs);
}

export function dropTimer(
  tx: Tx,
  timer: { readonly atMs: number | null | undefined; readonly key: Key; readonly kind: number },
): void {
  if (timer.atMs !== null && timer.atMs !== undefined)
    tx.sql.named("timers.delete").run(timer.atMs, timer.key, timer.kind);
}

/** The present expiry of a run: a pause moves it (SEM 12). */
export function expiryOf(tx: Tx, run: RunRow): number | undefined {
  return memoOf(tx, run).expireAtMs ?? parseExtra(run.extra).expireAtMs;
}

function dropWaitTimers(tx: Tx, run: RunRow): void {
  dropTimer(tx, { atMs: run.waitUntilMs, key: run.key, kind: timerKind.due });
  dropTimer(tx, { atMs: run.answerByMs, key: run.key, kind: timerKind.answer });
  dropTimer(tx, { atMs: run.resumeAtMs, key: run.key, kind: timerKind.resume });
}

/** Forgets when it expires and its deadline. */
export function dropTimed(tx: Tx, run: RunRow): void {
  dropTimer(tx, { atMs: expiryOf(tx, run), key: run.key, kind: timerKind.expire });
  dropTimer(tx, { atMs: parseExtra(run.extra).deadlineAtMs, key: run.key, kind: timerKind.deadline });
}

function clearHeld(run: RunRow): void {
  run.waitUntilMs = null;
  run.answerByMs = null;
  run.resumeAtMs = null;
  run.parkedOn = null;
  run.pausedFrom = null;
  run.pausedBy = null;
  run.clocks = null;
  run.wait = null;
}

function clearClaim(run: RunRow): void {
  run.workerKey = null;
  run.cancel = null;
  run.pauseWanted = null;
  run.isResumed = false;
}
