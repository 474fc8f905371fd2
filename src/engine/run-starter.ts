// Starts runs when somebody asks for them: the path of busy callers.

import { notFound, RotaError } from "../domain/errors.ts";
import type { Key } from "../domain/ids.ts";
import type { Task, TaskDefinition } from "../domain/task.ts";
import type { TriggerInput } from "../domain/task-input.ts";
import type { NewRun, SingleRun } from "../ports/run-ledger.ts";
import { atIndex } from "./at-index.ts";
import { dedupOf, keyOf, paramsText } from "./definition.ts";
import type { EngineParts } from "./parts.ts";
import { started, type StartedRun } from "./run-service.ts";
import { TaskCache } from "./task-cache.ts";
import type { TaskDefiner } from "./task-definer.ts";
import { checkTriggerInput } from "./trigger-input.ts";
import type { Worker } from "./worker.ts";

/** Somebody edited the task between our check and the write; after this many times we let the caller decide. */
const maxStale = 5;

export class RunStarter {
  readonly #parts: EngineParts;
  readonly #definer: TaskDefiner;
  readonly #worker: Worker;
  readonly #cache: TaskCache;

  constructor(parts: EngineParts, definer: TaskDefiner, worker: Worker) {
    this.#parts = parts;
    this.#definer = definer;
    this.#worker = worker;
    this.#cache = new TaskCache(parts.ledger.tasks);
  }

  /** The task was changed here: what is remembered of it would only be refused. */
  forget(key: Key): void {
    this.#cache.forget(key);
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
      if (reply && !reply.ok && !("runKey" in reply)) {
        this.#cache.forget(key);
        if (reply.error === "STALE_REVISION" && stale < maxStale) continue;
      }
      return started(reply, this.#id(key), this.#parts.ids);
    }
  }

  /**
   * Makes many runs of a task in one transaction, in order: all of them or none.
   *
   * @throws as {@link trigger} for the first that is refused, with its place in `details.index`
   */
  async triggerMany(
    key: Key,
    inputs: readonly TriggerInput[],
    actor: string,
  ): Promise<readonly StartedRun[]> {
    const id = this.#id(key);
    for (let stale = 0; ; stale++) {
      const task = this.#cache.peek(key) ?? (await this.#cache.load(key));
      if (!task) throw this.#missing(key);
      const runs: NewRun[] = [];
      for (const [index, input] of inputs.entries()) {
        try {
          const run = this.#newRun(task, input, actor);
          runs.push(run instanceof Promise ? await run : run);
        } catch (error) {
          throw atIndex(error, index);
        }
      }
      this.#refuseMany(task, runs);
      const reply = await this.#parts.ledger.runs.addTogether(runs, this.#parts.clock.now());
      if (reply.ok) return reply.runs.map((run) => started(run, id, this.#parts.ids));
      if (reply.refusal.error === "STALE_REVISION" && stale < maxStale) {
        this.#cache.forget(key);
        continue;
      }
      try {
        started(reply.refusal, id, this.#parts.ids);
      } catch (error) {
        throw atIndex(error, reply.index);
      }
    }
  }

  /** Under `skip` the second of many would meet the first: said before anything is stored. */
  #refuseMany(task: Task, runs: readonly NewRun[]): void {
    const isSkipped = (run: NewRun): boolean => (run.overlap ?? task.definition.overlap.policy) === "skip";
    if (runs.length < 2 || !runs.some(isSkipped)) return;
    throw new RotaError(
      "OVERLAP",
      `task ${this.#id(task.key)} may not overlap (overlap: skip), so ${runs.length} runs at once would meet each other; trigger with another overlap`,
      { details: { index: 1 } },
    );
  }

  /** Synchronous where the params need no asynchronous check: the path of a busy caller. */
  #newRun(task: Task, input: TriggerInput, actor: string): NewRun | Promise<NewRun> {
    checkTriggerInput(input);
    const nowMs = this.#parts.clock.now();
    const { definition } = task;
    const dueAtMs = input.runAtMs ?? nowMs + (input.debounce?.waitMs ?? input.delayMs ?? 0);
    const expireAfterMs = input.expireAfterMs ?? definition.expireAfterMs;
    const deadlineMs = input.deadlineMs ?? definition.deadlineMs;
    const key = input.concurrencyKey ?? keyOf(definition.concurrency?.key, input.params ?? definition.params);
    const single = singleOf(definition, input);
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
      ...(single === undefined ? {} : { single }),
    };
    if (input.params === undefined) return run;
    const { limits } = this.#parts.settings;
    const checked = this.#definer.checkParams(definition.type, input.params);
    if (checked instanceof Promise)
      return checked.then((params) => ({ ...run, params: paramsText(params, limits) }));
    return { ...run, params: paramsText(checked, limits) };
  }

  #missing(key: Key): RotaError {
    return notFound("task", this.#id(key));
  }

  #id(key: Key): string {
    return this.#parts.ids.encode("task", key);
  }
}

/** What the caller says of keys, or else the task. */
function singleOf(definition: TaskDefinition, input: TriggerInput): SingleRun | undefined {
  if (input.debounce !== undefined) {
    const { key, maxMs } = input.debounce;
    return { kind: "debounce", key, ...(maxMs === undefined ? {} : { maxMs }) };
  }
  if (input.dedup !== undefined) return { kind: "dedup", ...dedupOf(input.dedup) };
  const { dedup, params } = definition;
  const key = keyOf(dedup?.key, input.params ?? params);
  return dedup === undefined || key === undefined ? undefined : { kind: "dedup", ...dedup, key };
}
