// Reading tasks one by one, and those whose time has come.

import type { Key } from "../../../domain/ids.ts";
import { decisionReasons, decisions, type Occurrence } from "../../../domain/occurrence.ts";
import type { Task, TaskDefinition } from "../../../domain/task.ts";
import type { Page, PageRequest } from "../../../ports/page.ts";
import type { TaskRevision, TaskSummary } from "../../../ports/task-ledger.ts";
import { firstInt, int, intOrNull, oneOf, text, textOrNull, type Row } from "../row.ts";
import { readRun } from "../reading/read-run.ts";
import { parseDefinition, toTask, type TaskHeader } from "../state/task-cache.ts";
import type { Tx } from "../state/tx.ts";
import { ownerOfExternalId } from "./create.ts";

export function getTask(tx: Tx, key: Key): Task | undefined {
  const header = tx.tasks.find(key);
  return header === undefined || header.isDeleted ? undefined : toTask(header);
}

export function findTask(tx: Tx, userId: string | undefined, externalId: string): Task | undefined {
  const key = ownerOfExternalId(tx, { externalId, ...(userId === undefined ? {} : { userId }) });
  return key === undefined ? undefined : getTask(tx, key);
}

export function definitionAt(tx: Tx, key: Key, revision: number): TaskDefinition | undefined {
  const text = tx.tasks.definitionText(key, revision);
  return text === undefined ? undefined : parseDefinition(text);
}

export function revisions(tx: Tx, key: Key, page: PageRequest): Page<TaskRevision> {
  const rows = tx.sql
    .named("tasks.revisions")
    .all(key, page.after ?? Number.MAX_SAFE_INTEGER, page.limit + 1);
  const items = rows.slice(0, page.limit).map((row) => ({
    revision: int(row, 0),
    definition: parseDefinition(text(row, 1)),
    createdAtMs: int(row, 2),
  }));
  const last = items.at(-1);
  return rows.length > page.limit && last !== undefined ? { items, next: last.revision } : { items };
}

export function taskSummary(tx: Tx, key: Key): TaskSummary {
  const header = tx.tasks.find(key);
  if (header === undefined) return { running: 0, live: 0 };
  const newest = tx.sql.named("dependencies.newestRun").get(key, 0);
  const last = newest === undefined ? undefined : readRun(tx, int(newest, 0));
  const running = tx.claimed.count((claim) => claim.taskKey === key);
  const live = header.isTracked
    ? firstInt(tx.sql.named("runs.countLive").get(key))
    : tx.totals.read(`live/${key}`);
  if (last === undefined) return { running, live };
  const { status, dueAtMs, finishedAtMs } = last;
  return {
    lastRun: { key: last.key, status, dueAtMs, ...(finishedAtMs === undefined ? {} : { finishedAtMs }) },
    running,
    live,
  };
}

/** A due task on its way: its definition travels apart, and only once. */
export interface PackedDueTask {
  readonly task: Omit<Task, "definition" | "revision">;
  readonly revision: number;
  readonly nextFireAtMs: number;
}

export function dueTasks(tx: Tx, untilMs: number, limit: number): readonly PackedDueTask[] {
  return tx.sql
    .named("tasks.due")
    .all(untilMs, limit)
    .map((row) => {
      const header = tx.tasks.keep(row);
      tx.sent.send(header.key, header.revision, () => header.definitionText);
      const { definition: _definition, revision, ...task } = toTask(header);
      return { task, revision, nextFireAtMs: header.nextFireAtMs ?? untilMs };
    });
}

export function nextFireAt(tx: Tx): number | undefined {
  return intOrNull(tx.sql.named("tasks.nextFireAt").get() ?? [null], 0) ?? undefined;
}

export function strandedFixedDelay(tx: Tx, limit: number): readonly Task[] {
  return tasksOf(tx, tx.sql.named("tasks.stranded").all(limit));
}

export function dueToResume(tx: Tx, nowMs: number, limit: number): readonly Task[] {
  return tasksOf(tx, tx.sql.named("tasks.toResume").all(nowMs, limit));
}

export function occurrences(tx: Tx, key: Key, page: PageRequest): Page<Occurrence> {
  const rows = tx.sql
    .named("occurrences.page")
    .all(key, page.after ?? Number.MAX_SAFE_INTEGER, page.limit + 1);
  const items = rows.slice(0, page.limit).map((row) => toOccurrence(key, row));
  const last = items.at(-1);
  return rows.length > page.limit && last !== undefined ? { items, next: last.scheduledForMs } : { items };
}

function tasksOf(tx: Tx, rows: readonly Row[]): readonly Task[] {
  const headers: TaskHeader[] = rows.map((row) => tx.tasks.get(int(row, 0)));
  return headers.map(toTask);
}

function toOccurrence(taskKey: Key, row: Row): Occurrence {
  const untilMs = intOrNull(row, 1);
  const count = intOrNull(row, 2);
  const reason = textOrNull(row, 5);
  const runKey = intOrNull(row, 6);
  const intoMs = intOrNull(row, 7);
  const intoRunKey = intOrNull(row, 8);
  return {
    taskKey,
    scheduledForMs: int(row, 0),
    dueAtMs: int(row, 3),
    decision: oneOf(decisions, text(row, 4)),
    decidedAtMs: int(row, 9),
    ...(untilMs === null ? {} : { untilMs }),
    ...(count === null ? {} : { count }),
    ...(reason === null ? {} : { reason: oneOf(decisionReasons, reason) }),
    ...(runKey === null ? {} : { runKey }),
    ...(intoMs === null ? {} : { intoMs }),
    ...(intoRunKey === null ? {} : { intoRunKey }),
  };
}
