// Carries out what a verb's changes call for, in the same transaction, until nothing is left to do.

import type { Key } from "../../../domain/ids.ts";
import { isSuspect } from "../../../domain/retry.ts";
import { nextTaskStatus } from "../../../domain/task-state.ts";
import { int } from "../row.ts";
import { flag } from "../run-row.ts";
import { onUpstreamEnd } from "./depend.ts";
import { letGo, setNextFire, takeOut } from "./moves.ts";
import { locate } from "./locate.ts";
import { unpark, unparkSuspects } from "./park.ts";
import type { TaskHeader } from "./task-cache.ts";
import type { Tx } from "./tx.ts";

/** Every verb that changes runs or tasks ends with this. Each step only ever lets runs go or ends them, so it ends. */
export function settleAftermath(tx: Tx, nowMs: number): void {
  while (!tx.after.isEmpty) {
    for (const ended of tx.after.takeEnded()) onUpstreamEnd(tx, ended, nowMs);
    for (const key of tx.after.takeTasks()) afterTask(tx, tx.tasks.get(key), nowMs);
    for (const id of tx.after.takeLanes()) afterLane(tx, id);
    if (tx.after.takeSuspect() && tx.claimed.count(isSuspect) === 0) unparkSuspects(tx);
  }
}

function afterTask(tx: Tx, task: TaskHeader, nowMs: number): void {
  advanceLine(tx, task, nowMs);
  const { limit } = task.rules;
  if (limit !== undefined) {
    const free = limit - tx.claimed.count((run) => run.taskKey === task.key);
    if (free > 0) unpark(tx, `task-limit:${task.key}`, free);
  }
  completeIfDone(tx, task, nowMs);
}

/** Lets the first of the overlap line go when no other run of the task is live. */
function advanceLine(tx: Tx, task: TaskHeader, nowMs: number): void {
  if (task.hasLine === false) return;
  const first = tx.sql.named("runs.firstLive").get(task.key, 1);
  task.hasLine = first !== undefined;
  if (first === undefined || tx.sql.named("runs.firstLive").get(task.key, 0) !== undefined) return;
  leaveLine(tx, int(first, 0), nowMs);
}

/** Takes a run out of the line: it goes on, unless something else holds it. */
function leaveLine(tx: Tx, runKey: Key, nowMs: number): void {
  const run = locate(tx, runKey);
  if (run === undefined) throw new Error(`run ${runKey} stands in a line and does not exist`);
  tx.sql.named("runs.deleteLive").run(run.taskKey, 1, runKey);
  tx.sql.named("runs.insertLive").run(run.taskKey, 0, runKey);
  if (run.phase === "held" && run.parkedOn !== null) {
    takeOut(tx, run);
    run.flags &= ~flag.inLine;
    letGo(tx, run, nowMs);
  } else {
    // Blocked, delayed or paused: it stays where it is and finds no line when it is let go.
    run.flags &= ~flag.inLine;
    tx.sql.named("runs.setHeldFlags").run(run.flags, runKey);
  }
}

/** A task is completed when no instant is left and no run of it is live (SEM 18). */
export function completeIfDone(tx: Tx, task: TaskHeader, nowMs: number): void {
  if (!task.rules.canComplete || task.isDeleted || task.nextFireAtMs !== null || task.keptFireAtMs !== null)
    return;
  const { maxRuns } = task.definition;
  // A fixed-delay task without an instant waits for its run, or for the reconciler, unless it may start no more.
  const isChained =
    task.rules.chainMs !== undefined && !(maxRuns !== undefined && task.startedCount >= maxRuns);
  const next = isChained ? undefined : nextTaskStatus(task.status, "complete");
  if (next === undefined || tx.sql.named("runs.anyLive").get(task.key) !== undefined) return;
  complete(tx, task, nowMs);
}

/** Ends a task whose instants are over. */
export function complete(tx: Tx, task: TaskHeader, nowMs: number): void {
  task.status = "completed";
  task.pausedBy = null;
  task.updatedAtMs = nowMs;
  tx.sql.named("tasks.setStatus").run("completed", null, null, nowMs, task.key);
  setNextFire(tx, task, null);
  tx.sql.named("tasks.setChained").run(0, task.key);
  tx.taskEvent(task.key, "task.completed", { atMs: nowMs });
}

/** A keyed lane got room: as many of its parked runs go on as fit. */
function afterLane(tx: Tx, id: number): void {
  const first = tx.sql.named("runs.firstParked").get(`key-limit:${id}`);
  if (first === undefined) return;
  const lane = tx.lanes.lane(id);
  const limit = lane.queue.config.keyConcurrency ?? tx.tasks.get(int(first, 0)).rules.keyLimit;
  if (limit === undefined) unpark(tx, `key-limit:${id}`);
  else {
    // Fewer than none where another task of the key, or an older limit, let more of them start.
    const free = limit - tx.claimed.count((run) => run.laneId === id);
    if (free > 0) unpark(tx, `key-limit:${id}`, free);
  }
}
