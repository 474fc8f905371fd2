// A fresh ledger with a clock that stands still, and the short words the contract's tests are written in.

import type { Key } from "../../domain/ids.ts";
import { firstKeyAt } from "../../domain/ids.ts";
import type { Json } from "../../domain/json.ts";
import { defaultRetry } from "../../domain/retry.ts";
import type { CancelRequest, Run } from "../../domain/run.ts";
import type { RunStatus } from "../../domain/run-state.ts";
import type { Task, TaskDefinition } from "../../domain/task.ts";
import { defaultMisfire } from "../../domain/trigger/trigger.ts";
import type { ExecutorInfo } from "../../ports/executor.ts";
import type { Ledger } from "../../ports/ledger.ts";
import type {
  AddReply,
  ClaimedRun,
  ClaimReply,
  ClaimRequest,
  NewRun,
  Settlement,
  SettleReply,
} from "../../ports/run-ledger.ts";
import type { Firing, FiringReply, NewOccurrence, NewTask } from "../../ports/task-ledger.ts";
import type { NewWorker } from "../../ports/worker-ledger.ts";

/** 2 March 2026, 09:00 UTC. */
const morningMs = Date.UTC(2026, 2, 2, 9);

/** How a claim can end, without what the scene knows by itself. */
export type Ending = Settlement extends infer S
  ? S extends Settlement
    ? Omit<S, "runKey" | "claim" | "version" | "endedAtMs">
    : never
  : never;

export class Scene {
  readonly ledger: Ledger;
  nowMs = morningMs;
  /** Set by a test that closes the ledger itself: nothing can be looked at afterwards. */
  isClosed = false;

  constructor(ledger: Ledger) {
    this.ledger = ledger;
  }

  later(ms: number): void {
    this.nowMs += ms;
  }

  definition(over: Partial<TaskDefinition> = {}): TaskDefinition {
    return {
      name: "report",
      type: "work",
      params: { to: "ann" },
      trigger: { kind: "manual" },
      queue: "default",
      priority: 5,
      retry: defaultRetry,
      overlap: { policy: "allow", max: 1 },
      misfire: defaultMisfire,
      dependsOn: [],
      onDependencyFailure: "fail",
      tags: [],
      metadata: {},
      ...over,
    };
  }

  newTask(over: Partial<TaskDefinition> = {}, more: Partial<NewTask> = {}): NewTask {
    const { nowMs } = this;
    return {
      key: this.ledger.tasks.reserveKeys(nowMs, 1),
      definition: this.definition(over),
      status: "active",
      anchorMs: nowMs,
      decidedThroughMs: nowMs,
      ...more,
    };
  }

  /** Creates a task and returns its key. */
  async task(over: Partial<TaskDefinition> = {}, more: Partial<NewTask> = {}): Promise<Key> {
    const [reply] = await this.ledger.tasks.create([this.newTask(over, more)], this.nowMs);
    if (reply?.ok !== true) throw new Error(`the task was refused: ${reply?.error ?? "no reply"}`);
    return reply.task.key;
  }

  /** A task with instants every minute, the first in a minute. */
  scheduled(over: Partial<TaskDefinition> = {}, more: Partial<NewTask> = {}): Promise<Key> {
    const trigger = { kind: "cron", expression: "* * * * *" } as const;
    return this.task(
      { trigger, overlap: { policy: "skip", max: 1 }, ...over },
      { nextFireAtMs: this.nowMs + 60_000, ...more },
    );
  }

  async getTask(key: Key): Promise<Task> {
    const task = await this.ledger.tasks.get(key);
    if (task === undefined) throw new Error(`task ${key} is not there`);
    return task;
  }

  newRun(taskKey: Key, over: Partial<NewRun> = {}): NewRun {
    return { taskKey, revision: 1, dueAtMs: this.nowMs, startedBy: { kind: "trigger" }, ...over };
  }

  async tryAdd(taskKey: Key, over: Partial<NewRun> = {}): Promise<AddReply> {
    const [reply] = await this.ledger.runs.add([this.newRun(taskKey, over)], this.nowMs);
    if (reply === undefined) throw new Error("add gave no reply");
    return reply;
  }

  /** Adds a run and returns its key. */
  async run(taskKey: Key, over: Partial<NewRun> = {}): Promise<Key> {
    const reply = await this.tryAdd(taskKey, over);
    if (!reply.ok) throw new Error(`the run was refused: ${reply.error}`);
    return reply.runKey;
  }

  /** Adds as many runs and returns their keys. */
  async runs(taskKey: Key, count: number, over: Partial<NewRun> = {}): Promise<readonly Key[]> {
    const replies = await this.ledger.runs.add(
      Array.from({ length: count }, () => this.newRun(taskKey, over)),
      this.nowMs,
    );
    return replies.map((reply) => (reply.ok ? reply.runKey : 0));
  }

  executor(over: Partial<ExecutorInfo> = {}): ExecutorInfo {
    return {
      type: "work",
      version: "1",
      isolation: "inline",
      onInterrupted: "repeat",
      pausable: true,
      ...over,
    };
  }

  worker(over: Partial<NewWorker> = {}): Promise<Key> {
    return this.ledger.workers.register(
      {
        name: "worker",
        pid: 1,
        queues: ["default"],
        concurrency: 100,
        executors: [this.executor()],
        ...over,
      },
      this.nowMs,
    );
  }

  ask(workerKey: Key, over: Partial<ClaimRequest> = {}): Promise<ClaimReply> {
    return this.ledger.runs.claim(
      { workerKey, queue: "default", types: ["work"], limit: 100, ...over },
      this.nowMs,
    );
  }

  async claim(workerKey: Key, over: Partial<ClaimRequest> = {}): Promise<readonly ClaimedRun[]> {
    return (await this.ask(workerKey, over)).runs;
  }

  /** Claims exactly one run. */
  async claimOne(workerKey: Key, over: Partial<ClaimRequest> = {}): Promise<ClaimedRun> {
    const [run, ...others] = await this.claim(workerKey, over);
    if (run === undefined || others.length > 0)
      throw new Error(`expected one run, got ${others.length + (run === undefined ? 0 : 1)}`);
    return run;
  }

  async settle(run: Pick<ClaimedRun, "key" | "claim" | "version">, ending: Ending): Promise<SettleReply> {
    const settlement = {
      runKey: run.key,
      claim: run.claim,
      version: run.version,
      endedAtMs: this.nowMs,
      ...ending,
    } satisfies Settlement;
    const [reply] = await this.ledger.runs.settle([settlement], this.nowMs);
    if (reply === undefined) throw new Error("settle gave no reply");
    return reply;
  }

  complete(run: ClaimedRun, data: Json = null): Promise<SettleReply> {
    return this.settle(run, { kind: "end", status: "completed", result: JSON.stringify({ data }) });
  }

  fail(run: ClaimedRun): Promise<SettleReply> {
    const error = { code: "EXECUTION_FAILED", message: "it broke", retryable: true };
    return this.settle(run, {
      kind: "end",
      status: "failed",
      result: JSON.stringify({ message: "it broke", error }),
      errorCode: "EXECUTION_FAILED",
    });
  }

  retry(run: ClaimedRun, delayMs = 1000): Promise<SettleReply> {
    const error = { code: "EXECUTION_FAILED", message: "it broke", retryable: true };
    return this.settle(run, { kind: "retry", dueAtMs: this.nowMs + delayMs, error });
  }

  async get(runKey: Key): Promise<Run> {
    const run = await this.ledger.runs.get(runKey);
    if (run === undefined) throw new Error(`run ${runKey} is not there`);
    return run;
  }

  async status(runKey: Key): Promise<RunStatus> {
    return (await this.get(runKey)).status;
  }

  statuses(runKeys: readonly Key[]): Promise<readonly RunStatus[]> {
    return Promise.all(runKeys.map((key) => this.status(key)));
  }

  async events(runKey: Key): Promise<readonly string[]> {
    return (await this.ledger.runs.history(runKey)).map(({ type }) => type);
  }

  request(over: Partial<CancelRequest> = {}): CancelRequest {
    return { cause: "user", actor: "ann", requestedAtMs: this.nowMs, graceMs: 30_000, ...over };
  }

  async cancel(runKey: Key, over: Partial<CancelRequest> = {}): Promise<RunStatus> {
    await this.ledger.runs.cancel({ runKeys: [runKey] }, this.request(over), this.nowMs);
    return this.status(runKey);
  }

  /** Lets time pass and does what came due. */
  async wait(ms: number): Promise<number> {
    this.later(ms);
    return (await this.ledger.runs.releaseDue(this.nowMs, 1000)).released;
  }

  /** The firing that decides one instant of a task, by its present cursor. */
  async firing(taskKey: Key, over: Partial<Firing> & { readonly atMs?: number } = {}): Promise<Firing> {
    const { atMs: wanted, ...firing } = over;
    const task = await this.getTask(taskKey);
    const atMs = wanted ?? task.nextFireAtMs ?? this.nowMs;
    const occurrence: NewOccurrence = { scheduledForMs: atMs, dueAtMs: atMs, decision: "started" };
    return {
      taskKey,
      revision: task.revision,
      decidedFromMs: task.decidedThroughMs,
      decidedThroughMs: atMs,
      nextFireAtMs: atMs + 60_000,
      occurrences: [occurrence],
      ...firing,
    };
  }

  /** Fires the next instant of a task, at its time, and returns the runs it started. */
  async fire(taskKey: Key, over: Partial<Firing> & { readonly atMs?: number } = {}): Promise<readonly Key[]> {
    const firing = await this.firing(taskKey, over);
    this.nowMs = Math.max(this.nowMs, firing.decidedThroughMs);
    const reply = await this.applyFiring(firing);
    if (!reply.ok) throw new Error("the firing was stale");
    return reply.started;
  }

  async applyFiring(firing: Firing): Promise<FiringReply> {
    const [reply] = await this.ledger.tasks.fire([firing], this.nowMs);
    if (reply === undefined) throw new Error("fire gave no reply");
    return reply;
  }

  async decisions(taskKey: Key): Promise<readonly string[]> {
    const { items } = await this.ledger.tasks.occurrences(taskKey, { limit: 100 });
    return items
      .map(({ decision, reason }) => (reason === undefined ? decision : `${decision}(${reason})`))
      .toReversed();
  }

  /** A key no run or task has. */
  get nobody(): Key {
    return firstKeyAt(1000);
  }
}
