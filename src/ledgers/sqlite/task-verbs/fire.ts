// Firing: occurrences, runs and the cursor in one transaction, by compare-and-set (SEM 13).

import type { Key } from "../../../domain/ids.ts";
import type { DecisionReason } from "../../../domain/occurrence.ts";
import type { Firing, NewOccurrence } from "../../../ports/task-ledger.ts";
import type { SingleRun, SlotOffer } from "../../../ports/run-ledger.ts";
import { noClaims } from "../columns/claimed-columns.ts";
import { toFirings, type FireColumns, type FiredColumns } from "../columns/fire-columns.ts";
import { InsertShape, ManyRows } from "../insert-many.ts";
import { scheduleOrigin } from "../run-row.ts";
import { bear } from "../state/birth.ts";
import { complete, settleAftermath } from "../state/consequences.ts";
import { judgeDedup } from "../state/dedup.ts";
import { chain, setNextFire } from "../state/moves.ts";
import { OfferDesk } from "../state/offer.ts";
import { judgeOverlap } from "../state/overlap.ts";
import { hasPlainRuns, PlainBirths } from "../state/plain-births.ts";
import { renew } from "../state/renew.ts";
import { countTask } from "../state/task-totals.ts";
import type { TaskHeader } from "../state/task-cache.ts";
import type { Tx } from "../state/tx.ts";

const occurrences = new InsertShape(
  "occurrences (task_key, scheduled_for_ms, until_ms, count, due_at_ms, decision, reason, run_key, into_ms, into_run_key, decided_at_ms)",
);

export function fire(
  tx: Tx,
  columns: FireColumns,
  { nowMs, offer }: { readonly nowMs: number; readonly offer?: SlotOffer | undefined },
): FiredColumns {
  const claimed = noClaims();
  const desk = new OfferDesk(tx, { offer, columns: claimed, nowMs });
  const firer = new Firer(tx, { desk, nowMs });
  const counts: number[] = [];
  for (const firing of toFirings(columns)) counts.push(firer.fire(firing));
  firer.write();
  settleAftermath(tx, nowMs);
  return { counts, started: firer.started, claimed };
}

/** Applies firings; occurrences and claims are written many at a time, by `write`. */
export class Firer {
  readonly #tx: Tx;
  readonly #desk: OfferDesk;
  readonly #nowMs: number;
  readonly #occurrences: ManyRows;
  readonly #plain: PlainBirths;
  /** Tasks with a run among the rows that were not written yet. */
  readonly #unwritten = new Set<Key>();
  readonly started: Key[] = [];

  constructor(tx: Tx, { desk, nowMs }: { readonly desk: OfferDesk; readonly nowMs: number }) {
    this.#tx = tx;
    this.#desk = desk;
    this.#nowMs = nowMs;
    this.#occurrences = new ManyRows(tx.sql, occurrences);
    this.#plain = new PlainBirths(tx);
  }

  write(): void {
    this.#occurrences.write();
    this.#writeRuns();
  }

  #writeRuns(): void {
    this.#plain.write();
    this.#desk.write();
    this.#unwritten.clear();
  }

  /** Returns how many runs were started, or -1 when the firing is stale. */
  fire(firing: Firing): number {
    const tx = this.#tx;
    const task = tx.tasks.find(firing.taskKey);
    const isFresh =
      task !== undefined &&
      task.status === "active" &&
      !task.isDeleted &&
      task.revision === firing.revision &&
      task.decidedThroughMs === firing.decidedFromMs &&
      firing.decidedThroughMs >= firing.decidedFromMs;
    if (!isFresh) return -1;
    const before = this.started.length;
    for (const occurrence of firing.occurrences) this.#decide(task, occurrence, firing.inOrder === true);
    this.#move(task, firing, this.started.length > before);
    return this.started.length - before;
  }

  #move(task: TaskHeader, firing: Firing, isStarted: boolean): void {
    const tx = this.#tx;
    const { maxRuns } = task.definition;
    const isSpent = maxRuns !== undefined && task.startedCount >= maxRuns;
    const isChained = task.rules.chainMs !== undefined;
    const nextMs = isSpent || isChained ? null : (firing.nextFireAtMs ?? null);
    const moved = tx.sql
      .named("tasks.moveCursor")
      .run(firing.decidedThroughMs, nextMs, task.startedCount, task.key, firing.decidedFromMs);
    if (moved !== 1) throw new Error(`the cursor of task ${task.key} is not where the store believes it is`);
    task.decidedThroughMs = firing.decidedThroughMs;
    task.nextFireAtMs = nextMs;
    countTask(tx.totals, task);
    if (isChained && firing.isOver === true) {
      complete(tx, task, this.#nowMs);
    } else if (isChained && !isSpent && !isStarted) {
      // An occurrence that starts no run goes on from its decision (SEM 17). Without one, the due moment stands, or the
      // live run sets the next.
      if (firing.occurrences.length > 0) chain(tx, task, this.#nowMs);
      else if (firing.nextFireAtMs !== undefined) setNextFire(tx, task, firing.nextFireAtMs);
    } else if (nextMs === null) {
      // Judged once the runs just started are among the live ones.
      tx.after.task(task.key);
    }
  }

  #decide(task: TaskHeader, occurrence: NewOccurrence, inOrder: boolean): void {
    if (occurrence.decision !== "started") return this.#record(task, occurrence);
    const { maxRuns, overlap } = task.definition;
    if (maxRuns !== undefined && task.startedCount >= maxRuns)
      return this.#skip(task, occurrence, "max-runs");
    const single = singleOf(task, occurrence);
    const met = single === undefined ? undefined : this.#meet(task, occurrence, single);
    if (met !== undefined)
      return this.#record(
        task,
        { ...occurrence, decision: "coalesced", reason: "dedup" },
        { intoRunKey: met },
      );
    // The judgement must see the runs this call has started of the same task.
    if (this.#unwritten.has(task.key)) this.#writeRuns();
    const judged = judgeOverlap(this.#tx, task, { policy: overlap.policy, inOrder, nowMs: this.#nowMs });
    if (judged.kind === "refused") return this.#skip(task, occurrence, "overlap");
    task.startedCount += 1;
    const isPlain =
      judged.kind === "start" &&
      occurrence.concurrencyKey === undefined &&
      single === undefined &&
      occurrence.dueAtMs <= this.#nowMs &&
      hasPlainRuns(task);
    const runKey = isPlain
      ? this.#startPlain(task, occurrence)
      : this.#start(task, occurrence, judged.kind === "in-line");
    this.started.push(runKey);
    this.#record(task, occurrence, { runKey });
  }

  /** The run that has the key of this occurrence's run already, with what the occurrence changes of it. */
  #meet(task: TaskHeader, { dueAtMs, concurrencyKey }: NewOccurrence, single: SingleRun): Key | undefined {
    const nowMs = this.#nowMs;
    const verdict = judgeDedup(this.#tx, task.key, single, nowMs);
    switch (verdict.kind) {
      case "free":
        return undefined;
      case "refused":
        return verdict.runKey;
      case "existing":
        return verdict.run.key;
      case "replace": {
        const extra = concurrencyKey === undefined ? {} : { concurrencyKey };
        return renew(this.#tx, verdict.run, { task, params: null, extra, dueAtMs, nowMs }).key;
      }
      default:
        return verdict satisfies never;
    }
  }

  /** Most firings: rows of many tasks go eight to a statement, which takes a quarter of the time of a commit of 1,000. */
  #startPlain(task: TaskHeader, { dueAtMs, scheduledForMs }: NewOccurrence): Key {
    this.#unwritten.add(task.key);
    const run = this.#plain.add(task, {
      origin: scheduleOrigin,
      dueAtMs,
      scheduledForMs,
      nowMs: this.#nowMs,
    });
    if (!this.#desk.take(run, task, null)) this.#plain.makeReady(run, task);
    return run.key;
  }

  #start(task: TaskHeader, occurrence: NewOccurrence, isInLine: boolean): Key {
    this.#writeRuns();
    const { concurrencyKey, dueAtMs, scheduledForMs } = occurrence;
    const extra = concurrencyKey === undefined ? {} : { concurrencyKey };
    const birth = {
      task,
      origin: scheduleOrigin,
      dueAtMs,
      scheduledForMs,
      params: null,
      extra,
      isInLine,
      isForced: false,
      single: singleOf(task, occurrence),
    };
    return bear(this.#tx, birth, { nowMs: this.#nowMs, take: this.#desk.take }).key;
  }

  #skip(task: TaskHeader, occurrence: NewOccurrence, reason: DecisionReason): void {
    this.#record(task, { ...occurrence, decision: "skipped", reason });
  }

  #record(
    task: TaskHeader,
    occurrence: NewOccurrence,
    { runKey, intoRunKey }: { readonly runKey?: Key; readonly intoRunKey?: Key } = {},
  ): void {
    const { scheduledForMs, untilMs, count, dueAtMs, decision, reason, intoMs } = occurrence;
    this.#occurrences.add(
      task.key,
      scheduledForMs,
      untilMs ?? null,
      count ?? null,
      dueAtMs,
      decision,
      reason ?? null,
      runKey ?? null,
      intoMs ?? null,
      intoRunKey ?? null,
      this.#nowMs,
    );
    if (decision === "started") return;
    this.#tx.taskEvent(task.key, `occurrence.${decision}`, {
      atMs: this.#nowMs,
      data: {
        scheduledForMs,
        ...(reason === undefined ? {} : { reason }),
        ...(count === undefined ? {} : { count }),
      },
    });
  }
}

/** The key of the run that an occurrence would start. */
function singleOf({ definition }: TaskHeader, { dedupKey }: NewOccurrence): SingleRun | undefined {
  const { dedup } = definition;
  return dedup === undefined || dedupKey === undefined
    ? undefined
    : { kind: "dedup", ...dedup, key: dedupKey };
}
