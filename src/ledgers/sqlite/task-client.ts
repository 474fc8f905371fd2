// The ledger's verbs on tasks, asked over the channel.

import type { Key, KeyGenerator } from "../../domain/ids.ts";
import type { PausedBy, Task, TaskDefinition } from "../../domain/task.ts";
import type { Occurrence } from "../../domain/occurrence.ts";
import type { Page, PageRequest } from "../../ports/page.ts";
import type { SlotOffer } from "../../ports/run-ledger.ts";
import type {
  CreateTogetherReply,
  DueTask,
  Firing,
  FiringReply,
  NewTask,
  TaskCounts,
  TaskEdit,
  TaskEndTerms,
  TaskLedger,
  TaskQuery,
  TaskReply,
  TaskRevision,
  TaskSummary,
} from "../../ports/task-ledger.ts";
import type { Asking } from "./channel.ts";
import { toFireColumns, toFiringReplies } from "./columns/fire-columns.ts";
import { toTaskColumns } from "./columns/task-columns.ts";
import type { PackedTask } from "./task-verbs/create.ts";

export class TaskClient implements TaskLedger {
  readonly #channel: Asking;
  readonly #keys: KeyGenerator;

  constructor(channel: Asking, keys: KeyGenerator) {
    this.#channel = channel;
    this.#keys = keys;
  }

  reserveKeys(nowMs: number, count: number): Key {
    return this.#keys.take(nowMs, count);
  }

  async create(tasks: readonly NewTask[], nowMs: number): Promise<readonly TaskReply[]> {
    const replies = await this.#channel.call("createTasks", [tasks.map(pack), nowMs], tasks.length);
    return Promise.all(
      tasks.map(async (task, index): Promise<TaskReply> => {
        const reply = replies[index] ?? task.key;
        if (typeof reply !== "number") return { ok: false, ...reply };
        return { ok: true, task: await this.#stored(task, reply, nowMs) };
      }),
    );
  }

  /** Under an idempotency key the reply may be that of an earlier call, and so the task. */
  async #stored(task: NewTask, key: Key, nowMs: number): Promise<Task> {
    const earlier = key === task.key ? undefined : await this.get(key);
    return earlier ?? asStored({ ...task, key }, nowMs);
  }

  async createTogether(tasks: readonly NewTask[], nowMs: number): Promise<CreateTogetherReply> {
    const reply = await this.#channel.call("createTogether", [toTaskColumns(tasks), nowMs], tasks.length);
    if ("refusal" in reply)
      return { ok: false, index: reply.index, refusal: { ok: false, ...reply.refusal } };
    const stored = tasks.map((task, index) => this.#stored(task, reply[index] ?? task.key, nowMs));
    return { ok: true, tasks: await Promise.all(stored) };
  }

  async fire(firings: readonly Firing[], nowMs: number, offer?: SlotOffer): Promise<readonly FiringReply[]> {
    const fired = await this.#channel.call(
      "fire",
      [toFireColumns(firings), { nowMs, offer }],
      firings.length,
    );
    return toFiringReplies(fired, this.#channel.definition);
  }

  get(key: Key): Promise<Task | undefined> {
    return this.#channel.call("getTask", [key]);
  }

  findByExternalId(userId: string | undefined, externalId: string): Promise<Task | undefined> {
    return this.#channel.call("findTask", [userId, externalId]);
  }

  definitionAt(key: Key, revision: number): Promise<TaskDefinition | undefined> {
    return this.#channel.call("definitionAt", [key, revision]);
  }

  revisions(key: Key, page: PageRequest): Promise<Page<TaskRevision>> {
    return this.#channel.call("revisions", [key, page]);
  }

  summary(key: Key): Promise<TaskSummary> {
    return this.#channel.call("taskSummary", [key]);
  }

  list(query: TaskQuery): Promise<Page<Task>> {
    return this.#channel.call("listTasks", [query]);
  }

  counts(filter: { readonly userId?: string } = {}): Promise<TaskCounts> {
    return this.#channel.call("taskCounts", [filter]);
  }

  edit(edit: TaskEdit, nowMs: number): Promise<TaskReply> {
    return this.#channel.call("editTask", [edit, nowMs]);
  }

  pause(key: Key, by: PausedBy, nowMs: number): Promise<TaskReply> {
    return this.#channel.call("pauseTask", [key, by, nowMs]);
  }

  resume(key: Key, firing: Firing | undefined, nowMs: number): Promise<TaskReply> {
    return this.#channel.call("resumeTask", [key, firing, nowMs]);
  }

  cancel(key: Key, nowMs: number, terms: TaskEndTerms = {}): Promise<TaskReply> {
    return this.#channel.call("cancelTask", [key, nowMs, terms]);
  }

  remove(key: Key, nowMs: number, terms: TaskEndTerms = {}): Promise<TaskReply> {
    return this.#channel.call("removeTask", [key, nowMs, terms]);
  }

  async due(untilMs: number, limit: number): Promise<readonly DueTask[]> {
    const due = await this.#channel.call("dueTasks", [untilMs, limit]);
    return due.map(({ task, revision, nextFireAtMs }) => ({
      task: { ...task, revision, definition: this.#channel.definition(task.key, revision) },
      nextFireAtMs,
    }));
  }

  nextFireAt(): Promise<number | undefined> {
    return this.#channel.call("nextFireAt", []);
  }

  strandedFixedDelay(limit: number): Promise<readonly Task[]> {
    return this.#channel.call("strandedFixedDelay", [limit]);
  }

  dueToResume(nowMs: number, limit: number): Promise<readonly Task[]> {
    return this.#channel.call("dueToResume", [nowMs, limit]);
  }

  occurrences(key: Key, page: PageRequest): Promise<Page<Occurrence>> {
    return this.#channel.call("occurrences", [key, page]);
  }
}

function pack(task: NewTask): PackedTask {
  return {
    key: task.key,
    definition: JSON.stringify(task.definition),
    isPaused: task.status === "paused",
    pausedBy: task.pausedBy,
    anchorMs: task.anchorMs,
    decidedThroughMs: task.decidedThroughMs,
    nextFireAtMs: task.nextFireAtMs ?? null,
  };
}

/** A stored task is what was given: it need not travel back. */
function asStored(task: NewTask, nowMs: number): Task {
  const { nextFireAtMs, pausedBy, ...rest } = task;
  return {
    ...rest,
    revision: 1,
    ...(pausedBy === undefined || task.status !== "paused" ? {} : { pausedBy }),
    ...(nextFireAtMs === undefined || task.status === "paused" ? {} : { nextFireAtMs }),
    startedCount: 0,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
  };
}
