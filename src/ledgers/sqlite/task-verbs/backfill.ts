// Backfills: made, carried on piece by piece, cancelled.

import type { Backfill, BackfillPlan } from "../../../domain/backfill.ts";
import { backfillStatuses } from "../../../domain/backfill.ts";
import { firstKeyAt, type Key } from "../../../domain/ids.ts";
import { startKinds, type CancelRequest } from "../../../domain/run.ts";
import type { BackfillStep } from "../../../ports/backfill-ledger.ts";
import type { Page, PageRequest } from "../../../ports/page.ts";
import { firstInt, int, intOrNull, oneOf, text, type Row } from "../row.ts";
import { cancel } from "../run-verbs/cancel.ts";
import type { Extra } from "../run-row.ts";
import { bear } from "../state/birth.ts";
import { settleAftermath } from "../state/consequences.ts";
import { judgeOverlap } from "../state/overlap.ts";
import type { TaskHeader } from "../state/task-cache.ts";
import type { Tx } from "../state/tx.ts";

const origin = startKinds.indexOf("backfill");

export function createBackfill(tx: Tx, plan: BackfillPlan, nowMs: number): Backfill | undefined {
  if (openTask(tx, plan.taskKey) === undefined) return undefined;
  const last = firstInt(tx.sql.named("backfills.lastKey").get());
  const key = Math.max(firstKeyAt(nowMs), last + 1);
  tx.sql.named("backfills.insert").run(key, plan.taskKey, JSON.stringify(plan), plan.fromMs - 1, nowMs);
  return getBackfill(tx, key);
}

function openTask(tx: Tx, key: Key): TaskHeader | undefined {
  const task = tx.tasks.find(key);
  return task === undefined || task.isDeleted || task.status === "cancelled" ? undefined : task;
}

export function getBackfill(tx: Tx, key: Key): Backfill | undefined {
  const row = tx.sql.named("backfills.get").get(key);
  return row === undefined ? undefined : toBackfill(row);
}

export function listBackfills(tx: Tx, taskKey: Key, page: PageRequest): Page<Backfill> {
  const rows = tx.sql
    .named("backfills.ofTask")
    .all(taskKey, page.after ?? Number.MAX_SAFE_INTEGER, page.limit + 1);
  const items = rows.slice(0, page.limit).map(toBackfill);
  const last = items.at(-1);
  return rows.length > page.limit && last !== undefined ? { items, next: last.key } : { items };
}

export function unfinishedBackfills(tx: Tx, limit: number): readonly Backfill[] {
  return tx.sql.named("backfills.unfinished").all(limit).map(toBackfill);
}

/** Runs and cursor in one transaction: whoever comes with an older cursor, after a crash or beside us, makes none. */
export function advanceBackfill(tx: Tx, step: BackfillStep, nowMs: number): boolean {
  const backfill = getBackfill(tx, step.key);
  if (backfill === undefined || backfill.status !== "running" || backfill.cursorMs !== step.cursorMs)
    return false;
  const task = openTask(tx, backfill.taskKey);
  if (task === undefined) {
    tx.sql.named("backfills.cancel").run(nowMs, step.key);
    return false;
  }
  for (const instantMs of step.instantsMs) makeRun(tx, { task, backfill, instantMs, nowMs });
  const made = step.instantsMs.length;
  tx.sql.named("backfills.advance").run(step.throughMs, step.isLast ? 1 : 0, made, made, step.key);
  tx.sql.named("backfills.finish").run(nowMs, step.key);
  settleAftermath(tx, nowMs);
  return true;
}

interface Making {
  readonly task: TaskHeader;
  readonly backfill: Backfill;
  readonly instantMs: number;
  readonly nowMs: number;
}

function makeRun(tx: Tx, { task, backfill, instantMs, nowMs }: Making): void {
  const { key, revision, overlap: policy, priority, params, concurrencyKey, actor } = backfill;
  const judged = judgeOverlap(tx, task, { policy, inOrder: false, nowMs });
  const extra: Extra = {
    backfill: key,
    actor,
    startId: tx.ids.encode("backfill", key),
    priority,
    ...(concurrencyKey === undefined ? {} : { concurrencyKey }),
  };
  const birth = {
    task,
    revision,
    origin,
    dueAtMs: nowMs,
    scheduledForMs: instantMs,
    params: params ?? null,
    extra,
    isInLine: judged.kind === "in-line",
    isForced: false,
  };
  bear(tx, birth, { nowMs, take: () => false });
}

export function cancelBackfill(
  tx: Tx,
  key: Key,
  request: CancelRequest,
  nowMs: number,
): Backfill | undefined {
  tx.sql.named("backfills.cancel").run(nowMs, key);
  const runKeys = tx.sql
    .named("backfills.runs")
    .all(key)
    .map((row) => int(row, 0));
  cancel(tx, { runKeys }, request, nowMs);
  return getBackfill(tx, key);
}

function toBackfill(row: Row): Backfill {
  const finishedAtMs = intOrNull(row, 10);
  return {
    ...(JSON.parse(text(row, 2)) as BackfillPlan), // stored from a `BackfillPlan` only
    key: int(row, 0),
    status: oneOf(backfillStatuses, text(row, 1)),
    cursorMs: int(row, 3),
    created: int(row, 4),
    live: int(row, 5),
    completed: int(row, 6),
    failed: int(row, 7),
    cancelled: int(row, 8),
    createdAtMs: int(row, 9),
    ...(finishedAtMs === null ? {} : { finishedAtMs }),
  };
}
