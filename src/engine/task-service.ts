// What people and programs do to tasks: create, edit, pause, resume, cancel, remove, trigger.

import { notFound, RotaError } from "../domain/errors.ts";
import type { Key } from "../domain/ids.ts";
import type { Task } from "../domain/task.ts";
import type { TaskInput, TaskPatch, TriggerInput } from "../domain/task-input.ts";
import type { TaskReply } from "../ports/task-ledger.ts";
import type { FirePlanner } from "./fire-planner.ts";
import type { EngineParts } from "./parts.ts";
import type { CancelOptions, PauseOptions, RunService, StartedRun } from "./run-service.ts";
import { RunStarter } from "./run-starter.ts";
import { TaskCreator } from "./task-creator.ts";
import { TaskDefiner } from "./task-definer.ts";
import { TaskEditor, type EditOptions, type Upserted, type UpsertInput } from "./task-editor.ts";
import { taskRefusal } from "./task-refusal.ts";
import type { Worker } from "./worker.ts";

/** Somebody edited the task between our check and the write; after this many times we let the caller decide. */
const maxStale = 5;

export class TaskService {
  readonly #parts: EngineParts;
  readonly #planner: FirePlanner;
  readonly #runs: RunService;
  readonly #definer: TaskDefiner;
  readonly #creator: TaskCreator;
  readonly #starter: RunStarter;
  readonly #editor: TaskEditor;

  constructor(parts: EngineParts, planner: FirePlanner, runs: RunService, worker: Worker) {
    this.#parts = parts;
    this.#planner = planner;
    this.#runs = runs;
    this.#definer = new TaskDefiner(parts);
    this.#creator = new TaskCreator(parts, this.#definer, planner);
    this.#starter = new RunStarter(parts, this.#definer, worker);
    this.#editor = new TaskEditor(parts, {
      planner,
      definer: this.#definer,
      create: (input, actor) => this.create(input, actor),
      changed: (key) => this.#starter.forget(key),
    });
  }

  /** @throws NOT_FOUND */
  async get(key: Key): Promise<Task> {
    const task = await this.#parts.ledger.tasks.get(key);
    if (!task) throw this.#missing(key);
    return task;
  }

  /** See {@link TaskCreator.create}. */
  create(input: TaskInput, actor: string): Promise<Task> {
    return this.#creator.create(input, actor);
  }

  /** See {@link TaskCreator.createMany}. */
  createMany(inputs: readonly TaskInput[], actor: string): Promise<readonly Task[]> {
    return this.#creator.createMany(inputs, actor);
  }

  /** See {@link TaskEditor.edit}. */
  edit(key: Key, patch: TaskPatch, options: EditOptions, actor: string): Promise<Task> {
    return this.#editor.edit(key, patch, options, actor);
  }

  /** See {@link TaskEditor.upsert}. */
  upsert(input: UpsertInput, options: EditOptions, actor: string): Promise<Upserted> {
    return this.#editor.upsert(input, options, actor);
  }

  /** See {@link TaskEditor.revert}. */
  revert(key: Key, revision: number, options: EditOptions): Promise<Task> {
    return this.#editor.revert(key, revision, options);
  }

  /**
   * Holds new occurrences and pending runs; what runs goes on. Pausing again keeps the reason and `resumeAt` of before,
   * unless it names others.
   *
   * @throws NOT_FOUND, ILLEGAL_TRANSITION
   */
  async pause(key: Key, options: PauseOptions, actor: string): Promise<Task> {
    return this.#settle(
      key,
      await this.#parts.ledger.tasks.pause(key, { actor, ...options }, this.#parts.clock.now()),
    );
  }

  /** @throws NOT_FOUND, ILLEGAL_TRANSITION, NOTHING_LEFT_TO_RUN (a one-off whose time passed while it was paused) */
  async resume(key: Key, options: { readonly from?: "now" | "paused-at" }, _actor: string): Promise<Task> {
    for (let stale = 0; ; stale++) {
      const task = await this.get(key);
      const nowMs = this.#parts.clock.now();
      const from = options.from ?? "now";
      const firing = task.status === "paused" ? this.#planner.resume(task, from, nowMs) : undefined;
      const oneOff = task.definition.trigger.kind === "at" || task.definition.trigger.kind === "immediate";
      if (
        oneOff &&
        from === "now" &&
        firing?.occurrences.some((occurrence) => occurrence.reason === "paused")
      ) {
        throw new RotaError(
          "NOTHING_LEFT_TO_RUN",
          `the time of task ${this.#id(key)} passed while it was paused`,
        );
      }
      const reply = await this.#parts.ledger.tasks.resume(key, firing, nowMs);
      this.#starter.forget(key);
      if (reply.ok) return reply.task;
      if (reply.error !== "REVISION_MISMATCH" || stale >= maxStale) throw taskRefusal(reply, this.#parts.ids);
    }
  }

  /**
   * Ends the schedule for good and, unless `runs: "finish"`, asks its live runs to stop.
   *
   * @throws NOT_FOUND, REVISION_MISMATCH (nothing was cancelled)
   */
  async cancel(
    key: Key,
    options: CancelOptions & EditOptions & { readonly runs?: "cancel" | "finish" },
    actor: string,
  ): Promise<Task> {
    const { expectedRevision } = options;
    const terms = {
      ...(expectedRevision === undefined ? {} : { expectedRevision }),
      ...(options.runs === "finish" ? {} : { stopRuns: this.#runs.cancelRequest(options, actor) }),
    };
    return this.#settle(key, await this.#parts.ledger.tasks.cancel(key, this.#parts.clock.now(), terms));
  }

  /**
   * Cancels live runs, hides the task and frees its externalId; its runs stay readable.
   *
   * @throws NOT_FOUND, REVISION_MISMATCH (nothing was deleted or cancelled)
   */
  async remove(key: Key, options: EditOptions, actor: string): Promise<void> {
    const stopRuns = this.#runs.cancelRequest({ reason: "the task was deleted" }, actor);
    const terms = { ...options, stopRuns };
    await this.#settle(key, await this.#parts.ledger.tasks.remove(key, this.#parts.clock.now(), terms));
  }

  /** See {@link RunStarter.trigger}. */
  trigger(key: Key, input: TriggerInput, actor: string): Promise<StartedRun> {
    return this.#starter.trigger(key, input, actor);
  }

  /** See {@link RunStarter.triggerMany}. */
  triggerMany(key: Key, inputs: readonly TriggerInput[], actor: string): Promise<readonly StartedRun[]> {
    return this.#starter.triggerMany(key, inputs, actor);
  }

  upcoming(task: Task, count: number): number[] {
    return this.#planner.upcoming(task, this.#parts.clock.now(), count);
  }

  async #settle(key: Key, reply: TaskReply): Promise<Task> {
    this.#starter.forget(key);
    if (reply.ok) return reply.task;
    throw taskRefusal(reply, this.#parts.ids);
  }

  #missing(key: Key): RotaError {
    return notFound("task", this.#id(key));
  }

  #id(key: Key): string {
    return this.#parts.ids.encode("task", key);
  }
}
