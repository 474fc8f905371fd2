// Pausing, resuming, cancelling and deleting tasks.

import type { Key } from "../../../domain/ids.ts";
import type { EventType } from "../../../domain/event.ts";
import { pausedAgain, type PausedBy } from "../../../domain/task.ts";
import { nextTaskStatus, type TaskEvent } from "../../../domain/task-state.ts";
import type { Firing, TaskEndTerms, TaskReply } from "../../../ports/task-ledger.ts";
import { noClaims } from "../columns/claimed-columns.ts";
import { cancel } from "../run-verbs/cancel.ts";
import { parsePausedBy } from "../run-row.ts";
import { completeIfDone, settleAftermath } from "../state/consequences.ts";
import { onUpstreamGone } from "../state/depend.ts";
import { setNextFire } from "../state/moves.ts";
import { OfferDesk } from "../state/offer.ts";
import { unpark } from "../state/park.ts";
import { toTask, type TaskHeader } from "../state/task-cache.ts";
import type { Tx } from "../state/tx.ts";
import { Firer } from "./fire.ts";

/** The cursor stands still while the next instant is kept apart (SEM 5). */
export function pauseTask(tx: Tx, key: Key, asked: PausedBy, nowMs: number): TaskReply {
  return change(tx, { key, event: "pause" }, (task) => {
    const before = task.pausedBy === null ? undefined : parsePausedBy(task.pausedBy);
    const by = before === undefined ? asked : pausedAgain(before, asked);
    if (by === before) return;
    const nextMs = task.nextFireAtMs;
    setStatus(tx, task, { status: "paused", by, nowMs });
    if (by.resumeAtMs !== undefined) tx.note.fires(by.resumeAtMs);
    if (before === undefined) setNextFire(tx, task, nextMs);
    tx.taskEvent(key, "task.paused", { atMs: nowMs, data: { ...by } });
  });
}

export function resumeTask(tx: Tx, key: Key, firing: Firing | undefined, nowMs: number): TaskReply {
  const known = tx.tasks.find(key);
  if (known !== undefined && !known.isDeleted && known.status === "paused" && firing !== undefined) {
    const isFresh = firing.revision === known.revision && firing.decidedFromMs === known.decidedThroughMs;
    if (!isFresh) return { ok: false, error: "REVISION_MISMATCH", revision: known.revision };
  }
  return change(tx, { key, event: "resume" }, (task) => {
    const nextMs = task.keptFireAtMs;
    setStatus(tx, task, { status: "active", by: undefined, nowMs });
    setNextFire(tx, task, nextMs);
    tx.taskEvent(key, "task.resumed", { atMs: nowMs });
    unpark(tx, `task-paused:${key}`);
    if (firing !== undefined) applyFiring(tx, firing, nowMs);
    settleAftermath(tx, nowMs);
    completeIfDone(tx, task, nowMs);
  });
}

function applyFiring(tx: Tx, firing: Firing, nowMs: number): void {
  const desk = new OfferDesk(tx, { offer: undefined, columns: noClaims(), nowMs });
  const firer = new Firer(tx, { desk, nowMs });
  if (firer.fire(firing) < 0)
    throw new Error(`the firing of task ${firing.taskKey} was checked and is stale`);
  firer.write();
  if (firing.nextFireAtMs !== undefined) tx.note.fires(firing.nextFireAtMs);
}

export function cancelTask(tx: Tx, key: Key, nowMs: number, terms: TaskEndTerms): TaskReply {
  const known = tx.tasks.find(key);
  if (known !== undefined && !known.isDeleted && isOther(known, terms)) return mismatch(known);
  return change(tx, { key, event: "cancel" }, (task) => {
    if (task.status !== "cancelled") endTask(tx, task, { event: "task.cancelled", nowMs });
    if (terms.stopRuns !== undefined) cancel(tx, { taskKey: key }, terms.stopRuns, nowMs);
  });
}

/** Hides the task and frees its externalId; its runs stay readable (SEM 18). */
export function removeTask(tx: Tx, key: Key, nowMs: number, terms: TaskEndTerms): TaskReply {
  const task = tx.tasks.find(key);
  if (task === undefined || task.isDeleted) return { ok: false, error: "NOT_FOUND", key };
  if (isOther(task, terms)) return mismatch(task);
  task.isDeleted = true;
  endTask(tx, task, { event: "task.deleted", nowMs });
  tx.sql.named("tasks.remove").run(nowMs, key);
  if (terms.stopRuns !== undefined) cancel(tx, { taskKey: key }, terms.stopRuns, nowMs);
  return { ok: true, task: toTask(task) };
}

function isOther(task: TaskHeader, { expectedRevision }: TaskEndTerms): boolean {
  return expectedRevision !== undefined && expectedRevision !== task.revision;
}

function mismatch({ revision }: TaskHeader): TaskReply {
  return { ok: false, error: "REVISION_MISMATCH", revision };
}

/** Stops the schedule for good, and tells those who wait for a first run of it that none will come. */
function endTask(
  tx: Tx,
  task: TaskHeader,
  { event, nowMs }: { readonly event: EventType; readonly nowMs: number },
): void {
  setStatus(tx, task, { status: "cancelled", by: undefined, nowMs });
  setNextFire(tx, task, null);
  unpark(tx, `task-paused:${task.key}`);
  tx.taskEvent(task.key, event, { atMs: nowMs });
  if (task.isDependedOn) onUpstreamGone(tx, task.key, nowMs);
  settleAftermath(tx, nowMs);
}

function change(
  tx: Tx,
  { key, event }: { readonly key: Key; readonly event: TaskEvent },
  act: (task: TaskHeader) => void,
): TaskReply {
  const task = tx.tasks.find(key);
  if (task === undefined || task.isDeleted) return { ok: false, error: "NOT_FOUND", key };
  if (nextTaskStatus(task.status, event) === undefined)
    return { ok: false, error: "ILLEGAL_TRANSITION", status: task.status };
  act(task);
  return { ok: true, task: toTask(task) };
}

interface StatusChange {
  readonly status: TaskHeader["status"];
  readonly by: PausedBy | undefined;
  readonly nowMs: number;
}

function setStatus(tx: Tx, task: TaskHeader, { status, by, nowMs }: StatusChange): void {
  task.status = status;
  task.pausedBy = by === undefined ? null : JSON.stringify(by);
  task.updatedAtMs = nowMs;
  tx.sql.named("tasks.setStatus").run(status, task.pausedBy, by?.resumeAtMs ?? null, nowMs, task.key);
}
