// Creating tasks: each stored or refused by itself.

import type { Key } from "../../../domain/ids.ts";
import { findCycle } from "../../../domain/dependency.ts";
import type { PausedBy, TaskDefinition } from "../../../domain/task.ts";
import { int } from "../row.ts";
import { parseDefinition, rulesOf, type TaskHeader } from "../state/task-cache.ts";
import type { Tx } from "../state/tx.ts";

/** A new task on its way: its definition as JSON, which is stored as it comes. */
export interface PackedTask {
  readonly key: Key;
  readonly definition: string;
  readonly pausedBy: PausedBy | undefined;
  readonly isPaused: boolean;
  readonly anchorMs: number;
  readonly decidedThroughMs: number;
  readonly nextFireAtMs: number | null;
}

/** Null: stored as given. */
export type CreateReply =
  | null
  | { readonly error: "ALREADY_EXISTS" | "NOT_FOUND"; readonly key: Key }
  | { readonly error: "DEPENDENCY_CYCLE"; readonly cycle: readonly Key[] };

export function createTasks(tx: Tx, tasks: readonly PackedTask[], nowMs: number): readonly CreateReply[] {
  return tasks.map((task) => createOne(tx, task, nowMs));
}

function createOne(tx: Tx, task: PackedTask, nowMs: number): CreateReply {
  const definition = parseDefinition(task.definition);
  const taken = ownerOfExternalId(tx, definition);
  if (taken !== undefined) return { error: "ALREADY_EXISTS", key: taken };
  const problem = dependencyProblem(tx, task.key, definition);
  if (problem !== undefined) return problem;
  const header = headerOf(task, definition, nowMs);
  insert(tx, header, task.pausedBy);
  tx.tasks.put(header);
  tx.taskEvent(task.key, "task.created", { atMs: nowMs });
  if (header.nextFireAtMs !== null) tx.note.fires(header.nextFireAtMs);
  return null;
}

/** The task that has this externalId for this owner. */
export function ownerOfExternalId(tx: Tx, { userId, externalId }: Pick<TaskDefinition, "userId" | "externalId">): Key | undefined {
  if (externalId === undefined) return undefined;
  const row = tx.sql.named("tasks.byExternalId").get(userId ?? "", externalId);
  return row === undefined ? undefined : int(row, 0);
}

/** Dependencies must exist and close no cycle. */
export function dependencyProblem(tx: Tx, key: Key, definition: TaskDefinition): Exclude<CreateReply, null> | undefined {
  const wanted = definition.dependsOn.map((dependency) => dependency.taskKey);
  if (wanted.length === 0) return undefined;
  const missing = wanted.find((other) => other !== key && isGone(tx, other));
  if (missing !== undefined) return { error: "NOT_FOUND", key: missing };
  const cycle = findCycle(key, (at) =>
    at === key ? wanted : (tx.tasks.find(at)?.definition.dependsOn.map((dependency) => dependency.taskKey) ?? []),
  );
  return cycle === undefined ? undefined : { error: "DEPENDENCY_CYCLE", cycle };
}

function isGone(tx: Tx, key: Key): boolean {
  const task = tx.tasks.find(key);
  return task === undefined || task.isDeleted;
}

function headerOf(task: PackedTask, definition: TaskDefinition, nowMs: number): TaskHeader {
  const rules = rulesOf(definition);
  return {
    key: task.key,
    revision: 1,
    status: task.isPaused ? "paused" : "active",
    definition,
    definitionText: task.definition,
    rules,
    pausedBy: task.pausedBy === undefined ? null : JSON.stringify(task.pausedBy),
    anchorMs: task.anchorMs,
    decidedThroughMs: task.decidedThroughMs,
    nextFireAtMs: task.isPaused ? null : task.nextFireAtMs,
    keptFireAtMs: task.isPaused ? task.nextFireAtMs : null,
    startedCount: 0,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    isDeleted: false,
    isDependedOn: false,
    isTracked: rules.needsTracking,
    hasLine: false,
  };
}

function insert(tx: Tx, header: TaskHeader, pausedBy: PausedBy | undefined): void {
  const { definition, rules } = header;
  tx.sql
    .named("tasks.insert")
    .run(
      header.key, header.status, definition.userId ?? null, definition.externalId ?? null, definition.conversationId ?? null,
      definition.name, definition.type, header.pausedBy, pausedBy?.resumeAtMs ?? null, header.anchorMs,
      header.isTracked ? 1 : 0, header.createdAtMs, header.updatedAtMs,
    );
  tx.sql.named("tasks.insertRevision").run(header.key, 1, header.definitionText, header.createdAtMs);
  tx.sql
    .named("tasks.insertSchedule")
    .run(header.key, header.decidedThroughMs, header.nextFireAtMs, header.keptFireAtMs, rules.chainMs === undefined ? 0 : 1);
}
