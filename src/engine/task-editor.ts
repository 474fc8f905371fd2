// Changes what a task says: an edit of some fields, or its whole content by externalId.

import { notFound, RotaError } from "../domain/errors.ts";
import type { Key } from "../domain/ids.ts";
import { isSameJson } from "../domain/json.ts";
import type { Task, TaskDefinition } from "../domain/task.ts";
import type { TaskInput, TaskPatch } from "../domain/task-input.ts";
import type { TaskReply } from "../ports/task-ledger.ts";
import type { FirePlanner, ScheduleStart } from "./fire-planner.ts";
import type { EngineParts } from "./parts.ts";
import type { TaskDefiner } from "./task-definer.ts";
import { taskRefusal } from "./task-refusal.ts";

/** Somebody edited the task between our check and the write; after this many times we let the caller decide. */
const maxStale = 5;

export interface EditOptions {
  /** Refuses unless the task still has this revision. */
  readonly expectedRevision?: number;
}

/** The whole content of a task that is known by the caller's own id. */
export type UpsertInput = TaskInput & { readonly externalId: string };

export interface Upserted {
  readonly task: Task;
  readonly outcome: "created" | "updated" | "unchanged";
}

export interface EditorServices {
  readonly planner: FirePlanner;
  readonly definer: TaskDefiner;
  readonly create: (input: TaskInput, actor: string) => Promise<Task>;
  /** Told of each task that was changed here. */
  readonly changed: (key: Key) => void;
}

export class TaskEditor {
  readonly #parts: EngineParts;
  readonly #services: EditorServices;

  constructor(parts: EngineParts, services: EditorServices) {
    this.#parts = parts;
    this.#services = services;
  }

  /** @throws as creating does, and REVISION_MISMATCH when `expectedRevision` is not the present one */
  async edit(key: Key, patch: TaskPatch, options: EditOptions, _actor: string): Promise<Task> {
    for (let stale = 0; ; stale++) {
      const task = await this.#get(key);
      const definition = await this.#services.definer.redefine(task.definition, patch);
      const reply = await this.#write(task, definition, options);
      if (reply.ok) return reply.task;
      const raced = reply.error === "REVISION_MISMATCH" && options.expectedRevision === undefined;
      if (!raced || stale >= maxStale)
        throw taskRefusal(reply, this.#parts.ids, patch.dependsOn ?? undefined);
    }
  }

  /**
   * Creates the task of this owner and externalId, or makes its content what is given: what is absent gets its default.
   * Equal content makes no revision and leaves the cursor; `status` counts only for a task that is created. Any number
   * of callers may do this at once (SEM 29).
   *
   * @throws as creating does, and REVISION_MISMATCH when `expectedRevision` is not the present one
   * @throws ILLEGAL_TRANSITION when the task was cancelled and other content is given
   */
  async upsert(input: UpsertInput, options: EditOptions, actor: string): Promise<Upserted> {
    const { tasks } = this.#parts.ledger;
    // No bound is needed: whoever has to begin again lost to a write that is stored, so somebody always gets on.
    for (;;) {
      const task = await tasks.findByExternalId(input.userId, input.externalId);
      if (task === undefined) {
        if (options.expectedRevision !== undefined) throw this.#absent(input.externalId);
        const created = await this.#services.create(input, actor).catch(unlessTaken);
        if (created !== undefined) return { task: created, outcome: "created" };
        continue;
      }
      const definition = await this.#services.definer.define(input, task.definition);
      const reply = await this.#write(task, definition, options);
      if (reply.ok) {
        const isSame = reply.task.revision === task.revision;
        return { task: reply.task, outcome: isSame ? "unchanged" : "updated" };
      }
      const isGone = reply.error === "NOT_FOUND" && reply.key === task.key;
      const isRaced = reply.error === "REVISION_MISMATCH" && options.expectedRevision === undefined;
      if (!isGone && !isRaced) throw taskRefusal(reply, this.#parts.ids, input.dependsOn);
    }
  }

  /**
   * Makes what the task said at `revision` its content again, as a new revision. Whose it is and under which externalId
   * it is known stay as they are.
   *
   * @throws NOT_FOUND when there is no such task or revision, and as {@link edit}
   */
  async revert(key: Key, revision: number, options: EditOptions): Promise<Task> {
    for (let stale = 0; ; stale++) {
      const task = await this.#get(key);
      const then = await this.#parts.ledger.tasks.definitionAt(key, revision);
      if (then === undefined) throw notFound("revision", String(revision));
      const definition = withIdentityOf(task.definition, then);
      await this.#services.definer.recheck(definition, task.definition);
      const reply = await this.#write(task, definition, options);
      if (reply.ok) return reply.task;
      const raced = reply.error === "REVISION_MISMATCH" && options.expectedRevision === undefined;
      if (!raced || stale >= maxStale) throw taskRefusal(reply, this.#parts.ids, definition.dependsOn);
    }
  }

  async #write(task: Task, definition: TaskDefinition, options: EditOptions): Promise<TaskReply> {
    const nowMs = this.#parts.clock.now();
    const schedule = this.#rescheduled(task, definition, nowMs);
    const reply = await this.#parts.ledger.tasks.edit(
      {
        key: task.key,
        expectedRevision: options.expectedRevision ?? task.revision,
        definition,
        ...(schedule === undefined ? {} : { schedule }),
      },
      nowMs,
    );
    this.#services.changed(task.key);
    return reply;
  }

  /**
   * Where the schedule goes on after an edit, when the edit changes that: a new trigger begins now, and a larger
   * `maxRuns` lets a schedule go on that had used up its runs. Never before what has been decided (SEM 13).
   */
  #rescheduled(task: Task, definition: TaskDefinition, nowMs: number): ScheduleStart | undefined {
    const isRetimed = !isSameJson(definition.trigger, task.definition.trigger);
    const isExtended =
      (definition.maxRuns ?? Infinity) > (task.definition.maxRuns ?? Infinity) &&
      task.nextFireAtMs === undefined;
    if (!isRetimed && !isExtended) return undefined;
    const fromMs = Math.max(nowMs, task.decidedThroughMs + 1);
    const start = this.#services.planner.begin(definition.trigger, {
      taskKey: task.key,
      nowMs: fromMs,
      anchorMs: isRetimed ? fromMs : task.anchorMs,
    });
    return { ...start, decidedThroughMs: Math.max(start.decidedThroughMs, task.decidedThroughMs) };
  }

  async #get(key: Key): Promise<Task> {
    const task = await this.#parts.ledger.tasks.get(key);
    if (!task) throw notFound("task", this.#parts.ids.encode("task", key));
    return task;
  }

  #absent(externalId: string): RotaError {
    return new RotaError("REVISION_MISMATCH", `there is no task with externalId ${externalId}`, {
      details: { externalId },
    });
  }
}

/** Somebody else created it meanwhile: it is there to be edited. */
function unlessTaken(error: unknown): undefined {
  if (RotaError.isInstance(error) && error.code === "ALREADY_EXISTS") return undefined;
  throw error;
}

function withIdentityOf(now: TaskDefinition, then: TaskDefinition): TaskDefinition {
  const { userId: _user, externalId: _external, ...content } = then;
  return {
    ...content,
    ...(now.userId === undefined ? {} : { userId: now.userId }),
    ...(now.externalId === undefined ? {} : { externalId: now.externalId }),
  };
}
