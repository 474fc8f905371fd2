// What people and programs do to tasks: create, edit, pause, resume, cancel, remove, trigger.

import { closest } from "../domain/closest.ts";
import { notFound, RotaError, validationFailed, type Issue } from "../domain/errors.ts";
import type { Key } from "../domain/ids.ts";
import type { Json } from "../domain/json.ts";
import type { Task, TaskDefinition } from "../domain/task.ts";
import type { TaskInput, TaskPatch, TriggerInput } from "../domain/task-input.ts";
import { checkTriggerInput } from "./trigger-input.ts";
import { checkTrigger } from "../domain/trigger/check.ts";
import { defaultMisfireFor, type Trigger } from "../domain/trigger/trigger.ts";
import type { ExecutorInfo } from "../ports/executor.ts";
import type { NewRun } from "../ports/run-ledger.ts";
import type { NewTask, TaskReply } from "../ports/task-ledger.ts";
import {
  concurrencyKeyOf,
  paramsText,
  defaultOverlap,
  resolveDefinition,
  type StatedByExecutor,
} from "./definition.ts";
import type { FirePlanner, ScheduleStart } from "./fire-planner.ts";
import type { EngineParts } from "./parts.ts";
import {
  started,
  type CancelOptions,
  type PauseOptions,
  type RunService,
  type StartedRun,
} from "./run-service.ts";
import { TaskCache } from "./task-cache.ts";
import type { Worker } from "./worker.ts";

/** Somebody edited the task between our check and the write; after this many times we let the caller decide. */
const maxStale = 5;

export class TaskService {
  readonly #parts: EngineParts;
  readonly #planner: FirePlanner;
  readonly #runs: RunService;
  readonly #worker: Worker;
  readonly #cache: TaskCache;

  constructor(parts: EngineParts, planner: FirePlanner, runs: RunService, worker: Worker) {
    this.#parts = parts;
    this.#planner = planner;
    this.#runs = runs;
    this.#worker = worker;
    this.#cache = new TaskCache(parts.ledger.tasks);
  }

  /** @throws NOT_FOUND */
  async get(key: Key): Promise<Task> {
    const task = await this.#parts.ledger.tasks.get(key);
    if (!task) throw this.#missing(key);
    return task;
  }

  /**
   * Stores a task; its schedule runs from this moment.
   *
   * @throws EXECUTOR_NOT_FOUND, INVALID_PARAMETERS, INVALID_TRIGGER, IN_THE_PAST, ALREADY_EXISTS, DEPENDENCY_CYCLE
   */
  async create(input: TaskInput, actor: string): Promise<Task> {
    const [reply] = await this.createMany([input], actor);
    if (reply === undefined) throw new RotaError("INTERNAL", "the task was neither stored nor refused");
    if (reply instanceof Error) throw reply;
    return reply;
  }

  /** Stores many tasks in one transaction; each is accepted or refused by itself, in order. */
  async createMany(inputs: readonly TaskInput[], actor: string): Promise<readonly (Task | RotaError)[]> {
    const nowMs = this.#parts.clock.now();
    const definitions = await Promise.all(inputs.map((input) => this.#define(input).catch(refusal)));
    const good = definitions.filter((definition) => !(definition instanceof Error));
    let key = this.#parts.ledger.tasks.reserveKeys(nowMs, good.length);
    const news: NewTask[] = [];
    definitions.forEach((definition, index) => {
      if (definition instanceof Error) return;
      const paused = inputs[index]?.status === "paused";
      const start = this.#planner.begin(definition.trigger, { taskKey: key, nowMs, anchorMs: nowMs });
      news.push({
        key: key++,
        definition,
        status: paused ? "paused" : "active",
        ...(paused ? { pausedBy: { actor } } : {}),
        ...start,
      });
    });
    const replies = news.length === 0 ? [] : await this.#parts.ledger.tasks.create(news, nowMs);
    let next = 0;
    return definitions.map((definition) => {
      if (definition instanceof Error) return definition;
      const reply = replies[next++];
      return reply?.ok ? reply.task : this.#refusal(reply);
    });
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
      const definition = await this.#redefine(task.definition, patch);
      const nowMs = this.#parts.clock.now();
      const schedule = this.#rescheduled(task, definition, nowMs);
      const reply = await this.#parts.ledger.tasks.edit(
        { key, expectedRevision, definition, ...(schedule === undefined ? {} : { schedule }) },
        nowMs,
      );
      this.#cache.forget(key);
      if (reply.ok) return reply.task;
      const raced = reply.error === "REVISION_MISMATCH" && options.expectedRevision === undefined;
      if (!raced || stale >= maxStale) throw this.#refusal(reply);
    }
  }

  /** Checks what the patch changes, and nothing else: an `at` that has passed does not forbid a new name. */
  async #redefine(before: TaskDefinition, patch: TaskPatch): Promise<TaskDefinition> {
    const input = merge(before, patch);
    const info = await this.#executorInfo(input.type);
    const trigger = patch.trigger === undefined ? before.trigger : this.#checkTrigger(input);
    const params = patch.params === undefined ? before.params : await this.#checkedParams(input);
    return resolveDefinition({ ...input, params }, trigger, this.#statedFor(info, params));
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

  /** Holds new occurrences and pending runs; what runs goes on. @throws NOT_FOUND, ILLEGAL_TRANSITION */
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
      this.#cache.forget(key);
      if (reply.ok) return reply.task;
      if (reply.error !== "REVISION_MISMATCH" || stale >= maxStale) throw this.#refusal(reply);
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
    this.#cache.forget(key);
    if (!reply.ok) throw this.#refusal(reply);
  }

  /**
   * Makes one run now, or at `runAtMs` / after `delayMs`; committed when this resolves.
   *
   * @throws NOT_FOUND, INVALID_PARAMETERS, OVERLAP, TASK_PAUSED (without `force`), ILLEGAL_TRANSITION (cancelled)
   */
  async trigger(key: Key, input: TriggerInput, actor: string): Promise<StartedRun> {
    for (let stale = 0; ; stale++) {
      const known = this.#cache.peek(key);
      const task = known ?? (await this.#cache.load(key));
      if (!task) throw this.#missing(key);
      const run = this.#newRun(task, input, actor);
      const ready = run instanceof Promise ? await run : run;
      const nowMs = this.#parts.clock.now();
      const offer = ready.dueAtMs <= nowMs ? this.#worker.offer(1) : undefined;
      let replies;
      try {
        replies = await this.#parts.ledger.runs.add([ready], nowMs, offer);
      } catch (error) {
        if (offer) this.#worker.accept(offer, []);
        throw error;
      }
      const reply = replies[0];
      if (offer) this.#worker.accept(offer, reply?.ok && reply.claimed ? [reply.claimed] : []);
      if (reply && !reply.ok && reply.error !== "OVERLAP") {
        this.#cache.forget(key);
        if (reply.error === "STALE_REVISION" && stale < maxStale) continue;
      }
      return started(reply, this.#id(key), this.#parts.ids);
    }
  }

  /**
   * Makes many runs of a task in one transaction, in order.
   *
   * @throws as {@link trigger}, before anything is stored; under overlap `queue`, runs beyond the queue's end are refused
   *   with OVERLAP while those before them stand
   */
  async triggerMany(
    key: Key,
    inputs: readonly TriggerInput[],
    actor: string,
  ): Promise<readonly StartedRun[]> {
    for (let stale = 0; ; stale++) {
      const task = this.#cache.peek(key) ?? (await this.#cache.load(key));
      if (!task) throw this.#missing(key);
      const runs: NewRun[] = [];
      for (const input of inputs) {
        const run = this.#newRun(task, input, actor);
        runs.push(run instanceof Promise ? await run : run);
      }
      this.#refuseMany(task, runs);
      const replies = await this.#parts.ledger.runs.add(runs, this.#parts.clock.now());
      if (replies[0]?.ok === false && replies[0].error === "STALE_REVISION" && stale < maxStale) {
        this.#cache.forget(key);
        continue;
      }
      const id = this.#id(key);
      return replies.map((reply) => started(reply, id, this.#parts.ids));
    }
  }

  /** Under `skip` the second of many would meet the first: said before anything is stored. */
  #refuseMany(task: Task, runs: readonly NewRun[]): void {
    const isSkipped = (run: NewRun): boolean => (run.overlap ?? task.definition.overlap.policy) === "skip";
    if (runs.length < 2 || !runs.some(isSkipped)) return;
    throw new RotaError(
      "OVERLAP",
      `task ${this.#id(task.key)} may not overlap (overlap: skip), so ${runs.length} runs at once would meet each other; trigger with another overlap`,
    );
  }

  upcoming(task: Task, count: number): number[] {
    return this.#planner.upcoming(task, this.#parts.clock.now(), count);
  }

  /** Synchronous where the params need no asynchronous check: the path of a busy caller. */
  #newRun(task: Task, input: TriggerInput, actor: string): NewRun | Promise<NewRun> {
    checkTriggerInput(input);
    const nowMs = this.#parts.clock.now();
    const { definition } = task;
    const dueAtMs = input.runAtMs ?? (input.delayMs === undefined ? nowMs : nowMs + input.delayMs);
    const expireAfterMs = input.expireAfterMs ?? definition.expireAfterMs;
    const deadlineMs = input.deadlineMs ?? definition.deadlineMs;
    const key =
      input.concurrencyKey ??
      concurrencyKeyOf(definition.concurrency?.key, input.params ?? definition.params);
    const run: NewRun = {
      taskKey: task.key,
      revision: task.revision,
      dueAtMs,
      startedBy: { kind: "trigger", actor },
      ...(input.priority === undefined ? {} : { priority: input.priority }),
      ...(key === undefined ? {} : { concurrencyKey: key }),
      ...(expireAfterMs === undefined ? {} : { expireAtMs: dueAtMs + expireAfterMs }),
      ...(deadlineMs === undefined ? {} : { deadlineAtMs: dueAtMs + deadlineMs }),
      ...(input.overlap === undefined ? {} : { overlap: input.overlap }),
      ...(input.force === undefined ? {} : { force: input.force }),
    };
    if (input.params === undefined) return run;
    const { limits } = this.#parts.settings;
    const checked = this.#checkParams(definition.type, input.params);
    if (checked instanceof Promise)
      return checked.then((params) => ({ ...run, params: paramsText(params, limits) }));
    return { ...run, params: paramsText(checked, limits) };
  }

  /** The params as the executor parsed them. @throws INVALID_PARAMETERS */
  #checkParams(type: string, params: Json): Json | Promise<Json> {
    const executor = this.#parts.executors.get(type);
    if (!executor) return params;
    const checked = executor.validate(params);
    const take = (validation: Awaited<typeof checked>): Json => {
      if (!validation.ok) throw validationFailed(validation.issues.map(underParams), "INVALID_PARAMETERS");
      return validation.params;
    };
    return checked instanceof Promise ? checked.then(take) : take(checked);
  }

  async #define(input: TaskInput): Promise<TaskDefinition> {
    const info = await this.#executorInfo(input.type);
    const trigger = this.#checkTrigger(input);
    const params = await this.#checkedParams(input);
    return resolveDefinition({ ...input, params }, trigger, this.#statedFor(info, params));
  }

  async #checkedParams(input: TaskInput): Promise<Json> {
    const params = await this.#checkParams(input.type, input.params ?? {});
    paramsText(params, this.#parts.settings.limits);
    return params;
  }

  #statedFor(info: ExecutorInfo, params: Json): StatedByExecutor {
    const executor = this.#parts.executors.get(info.type);
    const retry = executor?.retryFor?.(params) ?? info.retry;
    const onInterrupted = executor?.onInterruptedFor?.(params);
    return {
      ...(retry === undefined ? {} : { retry }),
      ...(info.timeoutMs === undefined ? {} : { timeoutMs: info.timeoutMs }),
      ...(onInterrupted === undefined ? {} : { onInterrupted }),
    };
  }

  #checkTrigger(input: TaskInput): Trigger {
    const { clock, settings, calculators } = this.#parts;
    const checked = checkTrigger(input.trigger ?? { kind: "manual" }, {
      nowMs: clock.now(),
      minimumIntervalMs: settings.minIntervalMs,
      defaultTimezone: settings.defaultTimezone,
      calculators,
      ...(input.misfire?.graceMs === undefined ? {} : { graceMs: input.misfire.graceMs }),
    });
    if (checked.ok) return checked.trigger;
    const past = checked.issues.length > 0 && checked.issues.every((issue) => issue.code === "IN_THE_PAST");
    throw validationFailed(checked.issues, past ? "IN_THE_PAST" : "INVALID_TRIGGER");
  }

  async #executorInfo(type: string): Promise<ExecutorInfo> {
    const info = this.#parts.executors.get(type) ?? (await this.#parts.ledger.workers.executor(type));
    if (info) return info;
    const known = (await this.#parts.ledger.workers.executors()).map((executor) => executor.type);
    const near = closest(type, [...this.#parts.executors.keys(), ...known]);
    const hint =
      type === "command"
        ? "; it is off unless the server is started with --allow-commands (createRota: allowCommands)"
        : near === undefined
          ? ""
          : `; did you mean ${near}?`;
    throw new RotaError("EXECUTOR_NOT_FOUND", `no worker ever published an executor of type ${type}${hint}`, {
      details: { type },
    });
  }

  async #settle(key: Key, reply: TaskReply): Promise<Task> {
    this.#cache.forget(key);
    if (reply.ok) return reply.task;
    throw this.#refusal(reply);
  }

  #refusal(reply: TaskReply | undefined): RotaError {
    if (reply === undefined || reply.ok) return new RotaError("INTERNAL", "the ledger gave no answer");
    switch (reply.error) {
      case "ALREADY_EXISTS": {
        const id = this.#id(reply.key);
        return new RotaError("ALREADY_EXISTS", `externalId is already used by task ${id}`, {
          details: { id },
        });
      }
      case "NOT_FOUND":
        return this.#missing(reply.key);
      case "DEPENDENCY_CYCLE": {
        const cycle = reply.cycle.map((key) => this.#id(key));
        return new RotaError("DEPENDENCY_CYCLE", `dependsOn would make a cycle: ${cycle.join(" → ")}`, {
          details: { cycle },
        });
      }
      case "REVISION_MISMATCH":
        return new RotaError("REVISION_MISMATCH", `the task is at revision ${reply.revision}`, {
          details: { revision: reply.revision },
        });
      case "ILLEGAL_TRANSITION":
        return new RotaError("ILLEGAL_TRANSITION", `the task is ${reply.status}`, {
          details: { status: reply.status },
        });
    }
  }

  #missing(key: Key): RotaError {
    return notFound("task", this.#id(key));
  }

  #id(key: Key): string {
    return this.#parts.ids.encode("task", key);
  }
}

function refusal(error: unknown): RotaError {
  if (RotaError.isInstance(error)) return error;
  throw error;
}

/** The input that would have made this definition, with the patch laid over it; null removes what is optional. */
function merge(definition: TaskDefinition, patch: TaskPatch): TaskInput {
  const merged: Record<string, unknown> = { ...definition };
  if (isOfAnotherKind(patch.trigger, definition.trigger)) {
    // Defaults follow the kind of trigger: those of the old kind were nobody's wish.
    if (isEqual(definition.overlap, defaultOverlap(definition.trigger))) delete merged["overlap"];
    if (isEqual(definition.misfire, defaultMisfireFor(definition.trigger))) delete merged["misfire"];
  }
  for (const [field, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    const before = merged[field];
    if (value === null) delete merged[field];
    else
      merged[field] =
        isPlain(before) && isPlain(value) && mergedFields.has(field) ? { ...before, ...value } : value;
  }
  // Built from a definition and a patch, both of known shape.
  return merged as unknown as TaskInput;
}

function isOfAnotherKind(patched: unknown, before: Trigger): boolean {
  return isPlain(patched) && patched["kind"] !== before.kind;
}

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Policies of several settings: a patch may name one of them. Everything else is replaced whole. */
const mergedFields = new Set(["retry", "overlap", "misfire", "concurrency", "retention"]);

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function underParams(issue: Issue): Issue {
  return { ...issue, path: issue.path === "" ? "params" : `params.${issue.path}` };
}
