// Adding runs: plain ones many rows at a time, the others one by one through birth.

import type { Key } from "../../../domain/ids.ts";
import { localActor, startKinds } from "../../../domain/run.ts";
import type { AddReply, SingleRun } from "../../../ports/run-ledger.ts";
import type { AddColumns, AddedColumns, RareBirth } from "../columns/add-columns.ts";
import { noClaims } from "../columns/claimed-columns.ts";
import { statusCode } from "../columns/settle-columns.ts";
import type { Extra } from "../run-row.ts";
import { bear } from "../state/birth.ts";
import { settleAftermath } from "../state/consequences.ts";
import { judgeDedup } from "../state/dedup.ts";
import { OfferDesk } from "../state/offer.ts";
import { judgeOverlap } from "../state/overlap.ts";
import { hasPlainRuns, PlainBirths } from "../state/plain-births.ts";
import { renew } from "../state/renew.ts";
import type { TaskHeader } from "../state/task-cache.ts";
import { Undone } from "../undone.ts";
import type { Tx } from "../state/tx.ts";

/** One run to be brought into the world, apart from the others. */
interface Order {
  readonly index: number;
  readonly task: TaskHeader;
  readonly extras: RareBirth | undefined;
  readonly dueAtMs: number;
  readonly nowMs: number;
}

type Refusal = Extract<AddReply, { ok: false }>;

export function add(tx: Tx, columns: AddColumns): AddedColumns {
  return new Adding(tx, columns).addAll();
}

/** All or none: the first refusal takes back what was stored before it. */
export function addTogether(tx: Tx, columns: AddColumns): AddedColumns | RefusedAt {
  return new Adding(tx, columns).addTogether();
}

export interface RefusedAt {
  readonly index: number;
  readonly refusal: Refusal;
}

class Adding {
  readonly #tx: Tx;
  readonly #columns: AddColumns;
  readonly #claimed = noClaims();
  readonly #desk: OfferDesk;
  readonly #plain: PlainBirths;
  readonly #keys: Key[] = [];
  readonly #status: Record<number, number> = {};
  readonly #refused: Record<number, Refusal> = {};
  readonly #existing: Record<number, true> = {};

  constructor(tx: Tx, columns: AddColumns) {
    this.#tx = tx;
    this.#columns = columns;
    this.#desk = new OfferDesk(tx, {
      offer: columns.offer,
      columns: this.#claimed,
      nowMs: columns.nowMs[0] ?? 0,
    });
    this.#plain = new PlainBirths(tx);
  }

  addAll(): AddedColumns {
    const { taskKey } = this.#columns;
    for (let index = 0; index < taskKey.length; index++) {
      const refusal = this.#addOne(index);
      if (refusal !== undefined) this.#refused[index] = refusal;
    }
    return this.#stored();
  }

  addTogether(): AddedColumns | RefusedAt {
    const { taskKey } = this.#columns;
    for (let index = 0; index < taskKey.length; index++) {
      const refusal = this.#addOne(index);
      if (refusal === undefined) continue;
      // Before the first nothing was done, and nothing has to be undone.
      if (index === 0) return { index, refusal };
      throw new Undone({ index, refusal } satisfies RefusedAt);
    }
    return this.#stored();
  }

  #stored(): AddedColumns {
    this.#plain.write();
    this.#desk.write();
    settleAftermath(this.#tx, this.#columns.nowMs.at(-1) ?? 0);
    const firstKey = this.#keys[0] ?? 0;
    const isConsecutive = this.#keys.every((key, index) => key === firstKey + index);
    return {
      firstKey,
      keys: isConsecutive ? undefined : this.#keys,
      status: this.#status,
      refused: this.#refused,
      existing: this.#existing,
      claimed: this.#claimed,
    };
  }

  #addOne(index: number): Refusal | undefined {
    const { taskKey, revision, dueAtMs, params, rare, nowMs, origin } = this.#columns;
    const task = this.#tx.tasks.find(taskKey[index] ?? 0);
    const now = nowMs[index] ?? 0;
    const due = dueAtMs[index] ?? now;
    const extras = rare[index];
    if (task === undefined || task.isDeleted) return { ok: false, error: "NOT_FOUND" };
    if (task.status === "cancelled") return { ok: false, error: "TASK_CANCELLED" };
    if (task.status === "paused" && extras?.force !== true) return { ok: false, error: "TASK_PAUSED" };
    // A retry pins the revision of the run it repeats (SEM 15).
    const isRetry = startKinds[origin[index] ?? 0] === "retry";
    if (!isRetry && task.revision !== revision[index]) return { ok: false, error: "STALE_REVISION" };
    if (extras === undefined && due <= now && !this.#desk.hasSlots && !task.isTracked && hasPlainRuns(task)) {
      this.#keys.push(
        this.#plain.addReady(task, {
          origin: origin[index] ?? 0,
          dueAtMs: due,
          params: params[index] ?? null,
          nowMs: now,
        }),
      );
      return undefined;
    }
    // What follows reads tables, so the rows collected so far must be in them.
    this.#plain.write();
    this.#desk.write();
    return this.#bearOne({ index, task, extras, dueAtMs: due, nowMs: now });
  }

  /** The run that has the key answers for the new one, or takes what is new of it; undefined: the key is free. */
  #meet(order: Order, single: SingleRun): Refusal | "met" | undefined {
    const { index, task, extras, dueAtMs, nowMs } = order;
    const verdict = judgeDedup(this.#tx, task.key, single, nowMs);
    if (verdict.kind === "free") return undefined;
    if (verdict.kind === "refused") return { ok: false, error: "DUPLICATE", runKey: verdict.runKey };
    const run =
      verdict.kind === "existing"
        ? verdict.run
        : renew(this.#tx, verdict.run, {
            task,
            params: this.#columns.params[index] ?? null,
            extra: extraOf(extras),
            dueAtMs: Math.min(dueAtMs, verdict.latestMs),
            nowMs,
          });
    this.#keys.push(run.key);
    this.#existing[index] = true;
    if (run.status !== "pending") this.#status[index] = statusCode(run.status);
    return "met";
  }

  #bearOne(order: Order): Refusal | undefined {
    const { index, task, extras, dueAtMs, nowMs } = order;
    const single = extras?.single;
    const met = single === undefined ? undefined : this.#meet(order, single);
    if (met !== undefined) return met === "met" ? undefined : met;
    const origin = this.#columns.origin[index] ?? 0;
    // Retries and workflow children are not judged (SEM 2).
    const isJudged = startKinds[origin] !== "retry" && startKinds[origin] !== "parent";
    const policy = isJudged ? (extras?.overlap ?? task.definition.overlap.policy) : "allow";
    const judged = judgeOverlap(this.#tx, task, { policy, inOrder: false, nowMs });
    if (judged.kind === "refused") return { ok: false, error: "OVERLAP", runKey: judged.liveKey };
    const run = bear(
      this.#tx,
      {
        task,
        revision: this.#columns.revision[index],
        origin,
        dueAtMs,
        scheduledForMs: extras?.scheduledForMs ?? null,
        params: this.#columns.params[index] ?? null,
        extra: extraOf(extras),
        isInLine: judged.kind === "in-line",
        isForced: extras?.force === true,
        single,
      },
      { nowMs, take: this.#desk.take },
    );
    this.#keys.push(run.key);
    if (run.status !== "pending") this.#status[index] = statusCode(run.status);
    return undefined;
  }
}

function extraOf(rare: RareBirth | undefined): Extra {
  if (rare === undefined) return {};
  const { priority, concurrencyKey, expireAtMs, deadlineAtMs, retryOf, startedBy } = rare;
  return {
    ...(priority === undefined ? {} : { priority }),
    ...(concurrencyKey === undefined ? {} : { concurrencyKey }),
    ...(expireAtMs === undefined ? {} : { expireAtMs }),
    ...(deadlineAtMs === undefined ? {} : { deadlineAtMs }),
    ...(retryOf === undefined ? {} : { retryOf }),
    ...((startedBy.actor ?? localActor) === localActor ? {} : { actor: startedBy.actor }),
    ...(startedBy.id === undefined ? {} : { startId: startedBy.id }),
  };
}
