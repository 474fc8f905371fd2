// Queues and their lanes: a lane is a queue's general line, or one concurrency key of it.

import type { QueueConfig } from "../../../ports/worker-ledger.ts";
import { int, text, textOrNull } from "../row.ts";
import type { Row } from "../row.ts";
import type { Statements } from "../statements.ts";

export interface Queue {
  readonly id: number;
  readonly name: string;
  readonly generalLaneId: number;
  config: QueueConfig;
  /** JSON of who paused it. */
  pausedBy: string | null;
}

export interface Lane {
  readonly id: number;
  readonly queue: Queue;
  /** The concurrency key; empty for the general lane. */
  readonly key: string;
  servedAt: number;
  /** Whether the lane stands among those served in turn: it may hold ready runs. Always false for a general lane. */
  isWaiting: boolean;
}

/** Steps of `served_at` within a millisecond, so that keys served in one claim keep their order. */
export const turnsPerMs = 1000;
const keptLanes = 20_000;

/** Reads queues and lanes once; the store is the only writer, so what it keeps stays true until a rollback. */
export class LaneBook {
  readonly #sql: Statements;
  readonly #queues = new Map<string, Queue>();
  readonly #queuesById = new Map<number, Queue>();
  readonly #lanes = new Map<number, Lane>();
  readonly #byKey = new Map<string, Lane>();
  #lastTurn = 0;

  constructor(sql: Statements) {
    this.#sql = sql;
  }

  /** The queue of that name; made when it is not there. */
  queue(name: string): Queue {
    const known = this.find(name);
    if (known !== undefined) return known;
    this.#sql.named("queues.insert").run(name);
    const made = this.find(name);
    if (made === undefined) throw new Error(`queue ${name} was not stored`);
    return made;
  }

  find(name: string): Queue | undefined {
    const known = this.#queues.get(name);
    if (known !== undefined) return known;
    const row = this.#sql.named("queues.byName").get(name);
    return row === undefined ? undefined : this.#keepQueue(row);
  }

  all(): readonly Queue[] {
    return this.#sql
      .named("queues.all")
      .all()
      .map((row) => this.#queuesById.get(int(row, 0)) ?? this.#keepQueue(row));
  }

  lane(id: number): Lane {
    const known = this.#lanes.get(id);
    if (known !== undefined) return known;
    const row = this.#sql.named("queues.laneById").get(id);
    if (row === undefined) throw new Error(`lane ${id} does not exist`);
    return this.#keepLane(row);
  }

  /** The lane of a concurrency key; made when it is not there, as if it had been served now. */
  keyed(queue: Queue, key: string, nowMs: number): Lane {
    const known = this.#byKey.get(`${queue.id} ${key}`);
    if (known !== undefined) return known;
    this.#sql.named("queues.insertLane").run(queue.id, key, this.#nextTurn(nowMs));
    const row = this.#sql.named("queues.laneByKey").get(queue.id, key);
    if (row === undefined) throw new Error(`lane ${key} of queue ${queue.name} was not stored`);
    return this.#keepLane(row);
  }

  /** The keyed lane of a queue whose turn it is: the one served longest ago. */
  nextInTurn(queue: Queue): Lane | undefined {
    const row = this.#sql.named("queues.nextInTurn").get(queue.id);
    return row === undefined ? undefined : this.lane(int(row, 0));
  }

  waits(lane: Lane): void {
    if (lane.isWaiting || lane.key === "") return;
    lane.isWaiting = true;
    this.#sql.named("queues.setTurn").run(lane.servedAt, 1, lane.id);
  }

  /** Notes that the lane was served now, and whether it still has ready runs. */
  served(lane: Lane, isWaiting: boolean, nowMs: number): void {
    lane.servedAt = this.#nextTurn(nowMs);
    lane.isWaiting = isWaiting;
    this.#sql.named("queues.setTurn").run(lane.servedAt, isWaiting ? 1 : 0, lane.id);
  }

  /** Takes an empty lane out of the turns. */
  isEmpty(lane: Lane): void {
    lane.isWaiting = false;
    this.#sql.named("queues.setTurn").run(lane.servedAt, 0, lane.id);
  }

  store(queue: Queue): void {
    this.#sql.named("queues.update").run(JSON.stringify(queue.config), queue.pausedBy, queue.id);
  }

  clear(): void {
    this.#queues.clear();
    this.#queuesById.clear();
    this.#lanes.clear();
    this.#byKey.clear();
  }

  #nextTurn(nowMs: number): number {
    this.#lastTurn = Math.max(nowMs * turnsPerMs, this.#lastTurn + 1);
    return this.#lastTurn;
  }

  #keepQueue(row: Row): Queue {
    const id = int(row, 0);
    let general = this.#sql.named("queues.laneByKey").get(id, "");
    if (general === undefined) {
      this.#sql.named("queues.insertLane").run(id, "", 0);
      general = this.#sql.named("queues.laneByKey").get(id, "");
    }
    if (general === undefined) throw new Error(`queue ${text(row, 1)} has no lane`);
    const queue: Queue = {
      id,
      name: text(row, 1),
      generalLaneId: int(general, 0),
      config: JSON.parse(text(row, 2)) as QueueConfig, // written by `store` only
      pausedBy: textOrNull(row, 3),
    };
    this.#queues.set(queue.name, queue);
    this.#queuesById.set(id, queue);
    return queue;
  }

  #keepLane(row: Row): Lane {
    const queueId = int(row, 1);
    const queueRow = this.#queuesById.has(queueId) ? undefined : this.#sql.named("queues.byId").get(queueId);
    const queue = queueRow === undefined ? this.#queuesById.get(queueId) : this.#keepQueue(queueRow);
    if (queue === undefined) throw new Error(`lane ${int(row, 0)} belongs to no queue`);
    const lane: Lane = {
      id: int(row, 0),
      queue,
      key: text(row, 2),
      servedAt: int(row, 3),
      isWaiting: int(row, 4) === 1,
    };
    if (this.#lanes.size >= keptLanes) {
      this.#lanes.clear();
      this.#byKey.clear();
    }
    this.#lanes.set(lane.id, lane);
    this.#byKey.set(`${queueId} ${lane.key}`, lane);
    return lane;
  }
}
