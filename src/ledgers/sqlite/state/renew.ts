// Gives a run that has not begun what a newer trigger says: its params, its time and its bounds.

import { placeOf } from "../../../domain/priority.ts";
import { flag, parseClocks, parseExtra, type Extra, type RunRow } from "../run-row.ts";
import { laneOf, setBounds, withBounds } from "./birth.ts";
import { memoOf, remember } from "./memo.ts";
import { dropTimed, letGo, putHeld, takeOut } from "./moves.ts";
import type { TaskHeader } from "./task-cache.ts";
import type { Tx } from "./tx.ts";

export interface Renewal {
  readonly task: TaskHeader;
  /** JSON text; null: the definition's own. */
  readonly params: string | null;
  readonly extra: Extra;
  readonly dueAtMs: number;
  readonly nowMs: number;
}

/** Blocked and paused runs stay so, with the new params; any other waits for its new time. */
export function renew(tx: Tx, run: RunRow, { task, params, extra, dueAtMs, nowMs }: Renewal): RunRow {
  takeOut(tx, run);
  dropTimed(tx, run);
  const { retryOf } = parseExtra(run.extra);
  const kept = retryOf === undefined ? extra : { ...extra, retryOf };
  const full = withBounds(kept, task.definition, Math.max(dueAtMs, nowMs));
  const renewed: RunRow = {
    ...run,
    revision: task.revision,
    laneId: laneOf(tx, task.definition.queue, { extra: full, nowMs }),
    place: placeOf(dueAtMs, full.priority ?? task.definition.priority),
    dueAtMs,
    extra: Object.keys(full).length === 0 ? null : JSON.stringify(full),
  };
  const { laneId, place } = renewed;
  tx.sql
    .named("dedup.replaceBirth")
    .run(task.revision, laneId, place, dueAtMs, params, renewed.extra, run.key);
  moveBounds(tx, renewed, { extra: full, nowMs });
  const { actor } = full;
  tx.event(renewed, "run.replaced", {
    atMs: nowMs,
    data: { dueAtMs, ...(actor === undefined ? {} : { actor }) },
  });
  putBack(tx, renewed, nowMs);
  return renewed;
}

/** The clock of a paused run's expiry stands still: it is kept as what is left of it (SEM 12). */
function moveBounds(
  tx: Tx,
  run: RunRow,
  { extra, nowMs }: { readonly extra: Extra; readonly nowMs: number },
): void {
  const { expireAtMs, deadlineAtMs } = extra;
  run.flags &= ~flag.timed;
  if (expireAtMs !== undefined || deadlineAtMs !== undefined) run.flags |= flag.timed;
  if (expireAtMs !== undefined && memoOf(tx, run).expireAtMs !== undefined) remember(tx, run, { expireAtMs });
  if (run.status !== "paused") return setBounds(tx, run, extra);
  const { expireMs: _, ...clocks } = parseClocks(run.clocks);
  const left = expireAtMs === undefined ? {} : { expireMs: Math.max(0, expireAtMs - nowMs) };
  run.clocks = JSON.stringify({ ...clocks, ...left });
  setBounds(tx, run, deadlineAtMs === undefined ? {} : { deadlineAtMs });
}

function putBack(tx: Tx, run: RunRow, nowMs: number): void {
  if (run.status === "blocked") return putHeld(tx, run);
  run.waitUntilMs = run.dueAtMs;
  if (run.status === "paused") putHeld(tx, run);
  else letGo(tx, run, nowMs);
}
