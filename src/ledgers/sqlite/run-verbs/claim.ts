// Claiming: takes runs that may start now from a queue and gives them to a worker.

import type { Key } from "../../../domain/ids.ts";
import { isSuspect } from "../../../domain/retry.ts";
import type { ClaimRequest } from "../../../ports/run-ledger.ts";
import { noClaims, type ClaimedColumns } from "../columns/claimed-columns.ts";
import { textOrNull } from "../row.ts";
import { flag, type RunRow } from "../run-row.ts";
import type { ClaimFacts } from "../state/claimed-rows.ts";
import { settleAftermath } from "../state/consequences.ts";
import { turnsPerMs, type Lane, type Queue } from "../state/lane-book.ts";
import { locate } from "../state/locate.ts";
import { takeOut } from "../state/moves.ts";
import { onSuspects, park, unpark } from "../state/park.ts";
import { Taking } from "../state/take.ts";
import type { Tx } from "../state/tx.ts";
import { LaneHead, type HeadRun } from "./lane-head.ts";
import { roomOf, spendRoom } from "./queue-room.ts";

export interface ClaimedReply {
  readonly runs: ClaimedColumns;
  readonly more: boolean;
  readonly retryAtMs: number | undefined;
}

/** Runs parked in one claim at most, so that a deep unclaimable head does not hold up the other verbs of its commit. */
const mostParked = 5000;

export function claim(tx: Tx, request: ClaimRequest, nowMs: number): ClaimedReply {
  const queue = tx.lanes.find(request.queue);
  const nothing = { runs: noClaims(), more: false, retryAtMs: undefined };
  if (queue === undefined || queue.pausedBy !== null || !tx.workers.isLive(request.workerKey)) return nothing;
  const room = roomOf(tx, queue, nowMs);
  const limit = Math.min(request.limit, room.runs);
  if (limit <= 0) return { ...nothing, retryAtMs: room.retryAtMs };
  const claiming = new Claiming(tx, { request, queue, limit, nowMs });
  if (request.runKeys === undefined) claiming.takeHead();
  else claiming.takeNamed(request.runKeys);
  const reply = claiming.finish();
  settleAftermath(tx, nowMs);
  return { ...reply, retryAtMs: reply.runs.key.length === room.runs ? room.retryAtMs : undefined };
}

interface ClaimTerms {
  readonly request: ClaimRequest;
  readonly queue: Queue;
  readonly limit: number;
  readonly nowMs: number;
}

class Claiming {
  readonly #tx: Tx;
  readonly #terms: ClaimTerms;
  readonly #types: ReadonlySet<string>;
  readonly #taking: Taking;
  readonly #columns = noClaims();
  /** Claimed runs of a limited task or key, counted once and kept up to date while this claim takes more. */
  readonly #counts = new Map<string, number>();
  /** The last task that was looked at by `#isFree`; nothing in a claim changes a task. */
  #free: { readonly taskKey: Key; readonly revision: number; readonly isFree: boolean } | undefined;
  #parked = 0;

  constructor(tx: Tx, terms: ClaimTerms) {
    this.#tx = tx;
    this.#terms = terms;
    this.#types = new Set(terms.request.types);
    this.#taking = new Taking(tx, { workerKey: terms.request.workerKey, nowMs: terms.nowMs }, this.#columns);
  }

  get #taken(): number {
    return this.#columns.key.length;
  }

  get #isDone(): boolean {
    return this.#taken >= this.#terms.limit || this.#parked >= mostParked;
  }

  finish(): { readonly runs: ClaimedColumns; readonly more: boolean } {
    const { queue, nowMs, request } = this.#terms;
    this.#taking.write();
    spendRoom(this.#tx, queue, { count: this.#taken, nowMs });
    const isFull = this.#parked >= mostParked || this.#taken >= request.limit;
    return { runs: this.#columns, more: isFull && request.runKeys === undefined && this.#hasHead() };
  }

  takeHead(): void {
    const { queue, limit } = this.#terms;
    for (const type of this.#types) unpark(this.#tx, `type:${queue.id}:${type}`, limit);
    const general = new LaneHead(this.#tx, queue.generalLaneId);
    // Taking and parking put no run into a lane, so once no key waits none will within this claim.
    let lane = this.#tx.lanes.nextInTurn(queue);
    for (; lane !== undefined && !this.#isDone; lane = this.#tx.lanes.nextInTurn(queue))
      this.#takeInTurn(general, lane);
    while (!this.#isDone && this.#takeGeneral(general, Infinity));
    general.remove();
  }

  /** Takes or parks one run of the general lane whose place is before `beforePlace`; false when there is none. */
  #takeGeneral(general: LaneHead, beforePlace: number): boolean {
    const head = general.peek(this.#terms.limit - this.#taken);
    if (head === undefined || head.place >= beforePlace) return false;
    general.advance();
    if (head.isFresh && this.#isFree(head)) this.#taking.takeFresh(head, head.params);
    else this.#takeOrPark(head.toRow(this.#tx), head.params);
    return true;
  }

  /**
   * Keys go in turn, by when they were last served. Against the general lane a key stands at its turn or at its oldest
   * run's place, whichever is earlier: both lines move on with time, so neither can starve the other.
   */
  #takeInTurn(general: LaneHead, lane: Lane): void {
    const head = new LaneHead(this.#tx, lane.id).peek(1);
    if (head === undefined) return this.#tx.lanes.isEmpty(lane);
    if (this.#takeGeneral(general, Math.min(lane.servedAt / turnsPerMs, head.place))) return;
    const run = head.toRow(this.#tx);
    takeOut(this.#tx, run);
    const isMore = this.#tx.sql.named("claim.anyReady").get(lane.id) !== undefined;
    if (this.#takeOrPark(run, head.params)) this.#tx.lanes.served(lane, isMore, this.#terms.nowMs);
    else if (!isMore) this.#tx.lanes.isEmpty(lane);
  }

  takeNamed(keys: readonly Key[]): void {
    const found = [...new Set(keys)].flatMap((key) => {
      const run = locate(this.#tx, key);
      return run?.phase === "ready" && this.#tx.lanes.lane(run.laneId).queue === this.#terms.queue
        ? [run]
        : [];
    });
    for (const run of found.toSorted((a, b) => a.place - b.place || a.key - b.key)) {
      if (this.#isDone) return;
      const row = this.#tx.sql.named("claim.params").get(run.key);
      takeOut(this.#tx, run);
      this.#takeOrPark(run, row === undefined ? null : textOrNull(row, 0));
    }
  }

  /** Whether nothing limits the runs of its task in the general lane; asked once while they follow each other. */
  #isFree({ taskKey, revision }: HeadRun): boolean {
    if (this.#free?.taskKey === taskKey && this.#free.revision === revision) return this.#free.isFree;
    const { tasks } = this.#tx;
    const { status, rules } = tasks.get(taskKey);
    const { type } = tasks.definition(taskKey, revision);
    const isFree = this.#types.has(type) && status !== "paused" && rules.limit === undefined;
    this.#free = { taskKey, revision, isFree };
    return isFree;
  }

  #takeOrPark(run: RunRow, params: string | null): boolean {
    const blocker = this.#blockerOf(run);
    if (blocker === undefined) {
      this.#taking.take(run, params);
      return true;
    }
    park(this.#tx, run, blocker);
    this.#parked += 1;
    return false;
  }

  /** What keeps a run from starting now; the name it is parked under, and which `explain` shows. */
  #blockerOf(run: RunRow): string | undefined {
    const { tasks, lanes } = this.#tx;
    const task = tasks.get(run.taskKey);
    const { type } =
      run.revision === task.revision ? task.definition : tasks.definition(run.taskKey, run.revision);
    if (!this.#types.has(type)) return `type:${this.#terms.queue.id}:${type}`;
    if (task.status === "paused" && (run.flags & flag.forced) === 0) return `task-paused:${task.key}`;
    // One at a time, so that a death tells which of them it was.
    const ofSuspects = isSuspect(run) ? onSuspects(this.#terms.queue) : undefined;
    if (ofSuspects !== undefined && this.#count(ofSuspects, isSuspect) > 0) return ofSuspects;
    const { limit, keyLimit } = task.rules;
    const perKey = this.#terms.queue.config.keyConcurrency ?? keyLimit;
    const isKeyed = perKey !== undefined && lanes.lane(run.laneId).key !== "";
    const ofTask = limit === undefined ? undefined : `task-limit:${task.key}`;
    const ofKey = isKeyed ? `key-limit:${run.laneId}` : undefined;
    if (
      ofTask !== undefined &&
      limit !== undefined &&
      this.#count(ofTask, (other) => other.taskKey === task.key) >= limit
    )
      return ofTask;
    if (
      ofKey !== undefined &&
      perKey !== undefined &&
      this.#count(ofKey, (other) => other.laneId === run.laneId) >= perKey
    )
      return ofKey;
    if (ofSuspects !== undefined) this.#counts.set(ofSuspects, 1);
    if (ofTask !== undefined) this.#counts.set(ofTask, (this.#counts.get(ofTask) ?? 0) + 1);
    if (ofKey !== undefined) this.#counts.set(ofKey, (this.#counts.get(ofKey) ?? 0) + 1);
    return undefined;
  }

  #count(name: string, test: (claim: ClaimFacts) => boolean): number {
    let count = this.#counts.get(name);
    if (count === undefined) this.#counts.set(name, (count = this.#tx.claimed.count(test)));
    return count;
  }

  #hasHead(): boolean {
    const { queue } = this.#terms;
    const { sql } = this.#tx;
    return (
      sql.named("claim.anyReady").get(queue.generalLaneId) !== undefined ||
      sql.named("queues.hasTurns").get(queue.id) !== undefined
    );
  }
}
