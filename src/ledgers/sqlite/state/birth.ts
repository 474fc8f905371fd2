// Brings a run into the world: its birth row, its first state, and what it means for those who wait.

import { placeOf } from "../../../domain/priority.ts";
import type { TaskDefinition } from "../../../domain/task.ts";
import { flag, newRow, timerKind, type Extra, type RunRow } from "../run-row.ts";
import type { SingleRun } from "../../../ports/run-ledger.ts";
import { joinBackfill } from "./backfill-run.ts";
import { keepKey } from "./dedup.ts";
import { endForDependency, fixDependencies, nameFirstToCome } from "./depend.ts";
import { letGo, putHeld, setTimer } from "./moves.ts";
import type { TaskHeader } from "./task-cache.ts";
import type { Tx } from "./tx.ts";

export interface Birth {
  readonly task: TaskHeader;
  /** The revision it pins, where that is not the present one. */
  readonly revision?: number | undefined;
  readonly origin: number;
  readonly dueAtMs: number;
  readonly scheduledForMs: number | null;
  /** JSON text; null: the definition's own. */
  readonly params: string | null;
  readonly extra: Extra;
  readonly isInLine: boolean;
  readonly isForced: boolean;
  /** The key it takes. */
  readonly single?: SingleRun | undefined;
}

/**
 * Stores a new run and puts it where it belongs.
 *
 * @param take - asked for a run that could start now; true when it was given to a worker already
 */
export function bear(
  tx: Tx,
  birth: Birth,
  {
    nowMs,
    take,
  }: {
    readonly nowMs: number;
    readonly take: (run: RunRow, task: TaskHeader, params: string | null) => boolean;
  },
): RunRow {
  const { task } = birth;
  const extra = withBounds(birth.extra, task.definition, Math.max(birth.dueAtMs, nowMs));
  const run = conceive(tx, { ...birth, extra }, nowMs);
  writeBirth(tx, run, birth.params);
  if (birth.single !== undefined) keepKey(tx, run, birth.single, nowMs);
  tx.event(run, "run.created", { atMs: nowMs, isDerived: true });
  if (task.isTracked) tx.sql.named("runs.insertLive").run(task.key, birth.isInLine ? 1 : 0, run.key);
  else tx.totals.add(`live/${task.key}`, 1);
  if (task.isDependedOn) nameFirstToCome(tx, run);
  setBounds(tx, run, extra);
  if (extra.backfill !== undefined) joinBackfill(tx, run, extra.backfill);
  if (extra.retryOf !== undefined) {
    tx.sql.named("runs.insertReferral").run(extra.retryOf, run.key);
    tx.errors.forget(extra.retryOf);
  }
  const standing =
    task.definition.dependsOn.length === 0
      ? "free"
      : fixDependencies(tx, run, { definition: task.definition, nowMs });
  if (typeof standing === "object") {
    endForDependency(tx, run, { failedOn: standing.failedOn, nowMs });
  } else if (standing === "blocked") {
    run.status = "blocked";
    putHeld(tx, run);
  } else if (birth.dueAtMs > nowMs || birth.isInLine || !take(run, task, birth.params)) {
    run.waitUntilMs = birth.dueAtMs;
    letGo(tx, run, nowMs);
  }
  return run;
}

/** The row of a new run, with its key and place. */
function conceive(tx: Tx, birth: Birth, nowMs: number): RunRow {
  const { task, extra } = birth;
  const run = newRow({
    key: tx.runKeys.take(nowMs),
    taskKey: task.key,
    revision: birth.revision ?? task.revision,
    laneId: laneOf(tx, task.definition.queue, { extra, nowMs }),
    place: placeOf(birth.dueAtMs, extra.priority ?? task.definition.priority),
    dueAtMs: birth.dueAtMs,
    scheduledForMs: birth.scheduledForMs,
    origin: birth.origin,
    extra: Object.keys(extra).length === 0 ? null : JSON.stringify(extra),
  });
  if (birth.isInLine) run.flags |= flag.inLine;
  if (birth.isForced) run.flags |= flag.forced;
  if (extra.expireAtMs !== undefined || extra.deadlineAtMs !== undefined) run.flags |= flag.timed;
  if (extra.retryOf !== undefined) run.flags |= flag.refers;
  if (birth.single !== undefined) run.flags |= flag.keyed;
  if (extra.backfill !== undefined) run.flags |= flag.backfilled;
  return run;
}

/** The lane of a run's concurrency key, or the queue's general one. */
export function laneOf(
  tx: Tx,
  queueName: string,
  { extra, nowMs }: { readonly extra: Extra; readonly nowMs: number },
): number {
  const queue = tx.lanes.queue(queueName);
  return extra.concurrencyKey === undefined
    ? queue.generalLaneId
    : tx.lanes.keyed(queue, extra.concurrencyKey, nowMs).id;
}

function writeBirth(tx: Tx, run: RunRow, params: string | null): void {
  tx.sql
    .named("runs.insertBirth")
    .run(
      run.key,
      run.taskKey,
      run.revision,
      run.laneId,
      run.place,
      run.dueAtMs,
      run.scheduledForMs,
      run.origin,
      params,
      run.extra,
    );
}

/** Expiry and deadline count from when the run could begin; what the caller gave stands. */
export function withBounds(extra: Extra, definition: TaskDefinition, fromMs: number): Extra {
  const { expireAfterMs, deadlineMs } = definition;
  const needsExpiry = expireAfterMs !== undefined && extra.expireAtMs === undefined;
  const needsDeadline = deadlineMs !== undefined && extra.deadlineAtMs === undefined;
  if (!needsExpiry && !needsDeadline) return extra;
  return {
    ...extra,
    ...(needsExpiry ? { expireAtMs: fromMs + expireAfterMs } : {}),
    ...(needsDeadline ? { deadlineAtMs: fromMs + deadlineMs } : {}),
  };
}

export function setBounds(tx: Tx, run: RunRow, extra: Extra): void {
  setTimer(tx, { atMs: extra.expireAtMs ?? null, run, kind: timerKind.expire });
  setTimer(tx, { atMs: extra.deadlineAtMs ?? null, run, kind: timerKind.deadline });
}
