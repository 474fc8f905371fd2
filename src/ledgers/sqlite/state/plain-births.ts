// Births without anything to judge or to wait for: their rows are collected and written eight to a statement.

import type { Key } from "../../../domain/ids.ts";
import { placeOf } from "../../../domain/priority.ts";
import { InsertShape, ManyRows } from "../insert-many.ts";
import { newRow, type RunRow } from "../run-row.ts";
import type { TaskHeader } from "./task-cache.ts";
import type { Tx } from "./tx.ts";

/** Whether runs of the task, once overlap is judged, need no look at other runs and no timers. */
export function hasPlainRuns({ definition, isDependedOn }: TaskHeader): boolean {
  return (
    !isDependedOn &&
    definition.dependsOn.length === 0 &&
    definition.expireAfterMs === undefined &&
    definition.deadlineMs === undefined
  );
}

export interface PlainBirth {
  readonly origin: number;
  readonly dueAtMs: number;
  readonly nowMs: number;
  readonly scheduledForMs?: number;
  readonly params?: string | null;
}

interface QueueCount {
  readonly laneId: number;
  readonly queueId: number;
  ready: number;
}

const shapes = {
  births: new InsertShape(
    "runs (key, task_key, revision, lane_id, place, due_at_ms, scheduled_for_ms, origin, params, extra)",
    ["key", "params"],
  ),
  live: new InsertShape("live (task_key, is_waiting, run_key)"),
};

/** Whoever reads runs, or changes one, must call `write` first. */
export class PlainBirths {
  readonly #tx: Tx;
  readonly #births: ManyRows;
  /** First and last keys of those that become ready; keys follow each other, so there are few stretches. */
  #ready: { readonly first: Key; last: Key }[] = [];
  readonly #live: ManyRows;
  readonly #queues = new Map<string, QueueCount>();
  readonly #untracked = new Map<Key, number>();

  constructor(tx: Tx) {
    this.#tx = tx;
    this.#births = new ManyRows(tx.sql, shapes.births);
    this.#live = new ManyRows(tx.sql, shapes.live);
  }

  /** A run that is ready at once; the shortest way, without a row to work with. */
  addReady(task: TaskHeader, birth: PlainBirth): Key {
    const queue = this.#queue(task);
    const key = this.#tx.runKeys.take(birth.nowMs);
    const place = placeOf(birth.dueAtMs, task.definition.priority);
    this.#bear(task, { ...birth, key, place, laneId: queue.laneId });
    this.#becomesReady(key);
    queue.ready += 1;
    this.#tx.journal.add("run.created", birth.nowMs, { taskKey: task.key, runKey: key, seq: 1 });
    return key;
  }

  /** A run that is in no state table yet: it must be taken, or made ready. */
  add(task: TaskHeader, birth: PlainBirth): RunRow {
    const { laneId } = this.#queue(task);
    const { origin, dueAtMs, nowMs } = birth;
    const key = this.#tx.runKeys.take(nowMs);
    const place = placeOf(dueAtMs, task.definition.priority);
    const scheduledForMs = birth.scheduledForMs ?? null;
    const run = newRow({
      key,
      taskKey: task.key,
      revision: task.revision,
      laneId,
      place,
      dueAtMs,
      scheduledForMs,
      origin,
      extra: null,
    });
    this.#bear(task, { ...birth, key, place, laneId });
    this.#tx.event(run, "run.created", { atMs: nowMs, isDerived: true });
    return run;
  }

  makeReady(run: RunRow, task: TaskHeader): void {
    this.#becomesReady(run.key);
    this.#queue(task).ready += 1;
  }

  write(): void {
    this.#births.write();
    for (const { first, last } of this.#ready) this.#tx.sql.named("runs.makeReady").run(first, last);
    this.#ready = [];
    this.#live.write();
    for (const [name, { queueId, ready }] of this.#queues) {
      if (ready === 0) continue;
      this.#tx.totals.add(`ready/${queueId}`, ready);
      this.#tx.note.runnable(name);
    }
    for (const [key, added] of this.#untracked) this.#tx.totals.add(`live/${key}`, added);
    this.#queues.clear();
    this.#untracked.clear();
  }

  #becomesReady(key: Key): void {
    const stretch = this.#ready.at(-1);
    if (stretch !== undefined && stretch.last === key - 1) stretch.last = key;
    else this.#ready.push({ first: key, last: key });
  }

  #bear(
    task: TaskHeader,
    birth: PlainBirth & { readonly key: Key; readonly place: number; readonly laneId: number },
  ): void {
    const { key, place, laneId, dueAtMs, origin } = birth;
    this.#births.add(
      key,
      task.key,
      task.revision,
      laneId,
      place,
      dueAtMs,
      birth.scheduledForMs ?? null,
      origin,
      birth.params ?? null,
      null,
    );
    if (task.isTracked) this.#live.add(task.key, 0, key);
    else this.#untracked.set(task.key, (this.#untracked.get(task.key) ?? 0) + 1);
  }

  #queue(task: TaskHeader): QueueCount {
    const { queue: name } = task.definition;
    let count = this.#queues.get(name);
    if (count === undefined) {
      const queue = this.#tx.lanes.queue(name);
      count = { laneId: queue.generalLaneId, queueId: queue.id, ready: 0 };
      this.#queues.set(name, count);
    }
    return count;
  }
}
