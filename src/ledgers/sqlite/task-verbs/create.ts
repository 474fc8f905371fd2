// Creating tasks: each stored or refused by itself.

import type { Key } from "../../../domain/ids.ts";
import { findCycle } from "../../../domain/dependency.ts";
import type { PausedBy, TaskDefinition } from "../../../domain/task.ts";
import { InsertShape, ManyRows } from "../insert-many.ts";
import { int } from "../row.ts";
import { parseDefinition, rulesOf, type TaskHeader, type TaskRules } from "../state/task-cache.ts";
import { countedNothing, countTask } from "../state/task-totals.ts";
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

/** A key: stored as given, under it. */
export type CreateReply =
  | Key
  | { readonly error: "ALREADY_EXISTS" | "NOT_FOUND"; readonly key: Key }
  | { readonly error: "DEPENDENCY_CYCLE"; readonly cycle: readonly Key[] };

export function createTasks(tx: Tx, tasks: readonly PackedTask[], nowMs: number): readonly CreateReply[] {
  const rows = new TaskRows(tx);
  const replies = tasks.map((task) => createOne(tx, task, { rows, nowMs }));
  rows.write();
  return replies;
}

function createOne(
  tx: Tx,
  task: PackedTask,
  { rows, nowMs }: { readonly rows: TaskRows; readonly nowMs: number },
): CreateReply {
  const definition = parseDefinition(task.definition);
  // What follows looks into tables, where the tasks of this very call must be found too.
  if (definition.externalId !== undefined || definition.dependsOn.length > 0) rows.write();
  const taken = ownerOfExternalId(tx, definition);
  if (taken !== undefined) return { error: "ALREADY_EXISTS", key: taken };
  const problem = dependencyProblem(tx, task.key, definition);
  if (problem !== undefined) return problem;
  const header = headerOf(task, definition, nowMs);
  rows.add(header, task.pausedBy);
  tx.tasks.put(header);
  countTask(tx.totals, header);
  tx.taskEvent(task.key, "task.created", { atMs: nowMs });
  if (header.nextFireAtMs !== null) tx.note.fires(header.nextFireAtMs);
  return task.key;
}

/** The task that has this externalId for this owner. */
export function ownerOfExternalId(
  tx: Tx,
  { userId, externalId }: Pick<TaskDefinition, "userId" | "externalId">,
): Key | undefined {
  if (externalId === undefined) return undefined;
  const row = tx.sql.named("tasks.byExternalId").get(userId ?? "", externalId);
  return row === undefined ? undefined : int(row, 0);
}

/** Dependencies must exist and close no cycle. */
export function dependencyProblem(
  tx: Tx,
  key: Key,
  definition: Pick<TaskDefinition, "dependsOn">,
): Exclude<CreateReply, Key> | undefined {
  const wanted = definition.dependsOn.map((dependency) => dependency.taskKey);
  if (wanted.length === 0) return undefined;
  const missing = wanted.find((other) => other !== key && isGone(tx, other));
  if (missing !== undefined) return { error: "NOT_FOUND", key: missing };
  const cycle = findCycle(key, (at) =>
    at === key
      ? wanted
      : (tx.tasks.find(at)?.definition.dependsOn.map((dependency) => dependency.taskKey) ?? []),
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
    counted: countedNothing,
  };
}

/** What the rows of a task hold. */
export type RowFacts = Pick<
  TaskHeader,
  | "key"
  | "status"
  | "definitionText"
  | "pausedBy"
  | "anchorMs"
  | "isTracked"
  | "decidedThroughMs"
  | "nextFireAtMs"
  | "keptFireAtMs"
  | "createdAtMs"
  | "updatedAtMs"
> & {
  readonly definition: Pick<TaskDefinition, "userId" | "externalId" | "conversationId" | "name" | "type">;
  readonly rules: Pick<TaskRules, "chainMs" | "isTimed">;
};

const shapes = {
  tasks: new InsertShape(
    "tasks (key, revision, status, user_id, external_id, conversation_id, name, type, paused_by, resume_at_ms, anchor_ms, is_tracked, created_at_ms, updated_at_ms)",
  ),
  revisions: new InsertShape("revisions (task_key, revision, definition, created_at_ms)"),
  schedules: new InsertShape(
    "schedules (task_key, decided_through_ms, next_fire_at_ms, kept_fire_at_ms, is_chained)",
  ),
};

/** The three rows of new tasks, many of a table to a statement. */
export class TaskRows {
  readonly #tasks: ManyRows;
  readonly #revisions: ManyRows;
  readonly #schedules: ManyRows;

  constructor(tx: Tx) {
    this.#tasks = new ManyRows(tx.sql, shapes.tasks);
    this.#revisions = new ManyRows(tx.sql, shapes.revisions);
    this.#schedules = new ManyRows(tx.sql, shapes.schedules);
  }

  add(header: RowFacts, pausedBy: PausedBy | undefined): void {
    const { key, definition, rules } = header;
    this.#tasks.add(
      key,
      1,
      header.status,
      definition.userId ?? null,
      definition.externalId ?? null,
      definition.conversationId ?? null,
      definition.name,
      definition.type,
      header.pausedBy,
      pausedBy?.resumeAtMs ?? null,
      header.anchorMs,
      header.isTracked ? 1 : 0,
      header.createdAtMs,
      header.updatedAtMs,
    );
    this.#revisions.add(key, 1, header.definitionText, header.createdAtMs);
    this.#schedules.add(
      key,
      header.decidedThroughMs,
      header.nextFireAtMs,
      header.keptFireAtMs,
      rules.chainMs === undefined ? 0 : 1,
    );
  }

  write(): void {
    this.#tasks.write();
    this.#revisions.write();
    this.#schedules.write();
  }
}
