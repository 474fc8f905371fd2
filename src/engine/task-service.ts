// What people and programs do to tasks: create, edit, pause, resume, cancel, remove, trigger.

import { notFound, RotaError } from "../domain/errors.ts";
import type { Key } from "../domain/ids.ts";
import type { Task, TaskDefinition } from "../domain/task.ts";
import type { TaskInput, TaskPatch, TriggerInput } from "../domain/task-input.ts";
import type { TaskReply } from "../ports/task-ledger.ts";
import type { FirePlanner, ScheduleStart } from "./fire-planner.ts";
import type { EngineParts } from "./parts.ts";
import type { CancelOptions, PauseOptions, RunService, StartedRun } from "./run-service.ts";
import { RunStarter } from "./run-starter.ts";
import { TaskCreator } from "./task-creator.ts";
import { TaskDefiner } from "./task-definer.ts";
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

  constructor(parts: EngineParts, planner: FirePlanner, runs: RunService, worker: Worker) {
    this.#parts = parts;
    this.#planner = planner;
    this.#runs = runs;
    this.#definer = new TaskDefiner(parts);
    this.#creator = new TaskCreator(parts, this.#definer, planner);
    this.#starter = new RunStarter(parts, this.#definer, worker);
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

  /** @throws as {@link create}, and REVISION_MISMATCH when `expectedRevision` is not the present one */
  async edit(
    key: Key,
    patch: TaskPatch,
    options: { readonly expectedRevision?: number },
    _actor: string,
  ): Promise<Task> {
    for (let stale = 0; ; stale++) {
      const task = await this.get(key);
      const expectedRevision = options.expectedRevision ?? task.revision;
      const definition = await this.#definer.redefine(task.definition, patch);
      const nowMs = this.#parts.clock.now();
      const schedule = this.#rescheduled(task, definition, nowMs);
      const reply = await this.#parts.ledger.tasks.edit(
        { key, expectedRevision, definition, ...(schedule === undefined ? {} : { schedule }) },
        nowMs,
      );
      this.#starter.forget(key);
      if (reply.ok) return reply.task;
      const raced = reply.error === "REVISION_MISMATCH" && options.expectedRevision === undefined;
      if (!raced || stale >= maxStale)
        throw taskRefusal(reply, this.#parts.ids, patch.dependsOn ?? undefined);
    }
  }

  /**
   * Where the schedule goes on after an edit, when the edit changes that: a new trigger begins now, and a larger
   * `maxRuns` lets a schedule go on that had used up its runs. Never before what has been decided (SEM 13).
   */
  #rescheduled(task: Task, definition: TaskDefinition, nowMs: number): ScheduleStart | undefined {
    const isRetimed = JSON.stringify(definition.trigger) !== JSON.stringify(task.definition.trigger);
    const isExtended =
      (definition.maxRuns ?? Infinity) > (task.definition.maxRuns ?? Infinity) &&
      task.nextFireAtMs === undefined;
    if (!isRetimed && !isExtended) return undefined;
    const fromMs = Math.max(nowMs, task.decidedThroughMs + 1);
    const start = this.#planner.begin(definition.trigger, {
      taskKey: task.key,
      nowMs: fromMs,
      anchorMs: isRetimed ? fromMs : task.anchorMs,
    });
    return { ...start, decidedThroughMs: Math.max(start.decidedThroughMs, task.decidedThroughMs) };
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

  /** Ends the schedule for good and, unless `runs: "finish"`, asks its live runs to stop. @throws NOT_FOUND */
  async cancel(
    key: Key,
    options: CancelOptions & { readonly runs?: "cancel" | "finish" },
    actor: string,
  ): Promise<Task> {
    // Asked in one turn and so written in one transaction: what a paused task held must not start in between.
    const [reply] = await Promise.all([
      this.#parts.ledger.tasks.cancel(key, this.#parts.clock.now()),
      ...(options.runs === "finish" ? [] : [this.#runs.cancelAllOf(key, options, actor)]),
    ]);
    return this.#settle(key, reply);
  }

  /** Cancels live runs, hides the task and frees its externalId; its runs stay readable. @throws NOT_FOUND */
  async remove(key: Key, actor: string): Promise<void> {
    // In one transaction, as in `cancel`.
    const [reply] = await Promise.all([
      this.#parts.ledger.tasks.remove(key, this.#parts.clock.now()),
      this.#runs.cancelAllOf(key, { reason: "the task was deleted" }, actor),
    ]);
    this.#starter.forget(key);
    if (!reply.ok) throw taskRefusal(reply, this.#parts.ids);
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
