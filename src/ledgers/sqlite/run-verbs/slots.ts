// Whether a run that gave up its slots may have them again.

import { isSuspect } from "../../../domain/retry.ts";
import type { RunRow } from "../run-row.ts";
import type { Tx } from "../state/tx.ts";

/** Looks at every limit a claim looks at, but for rates: going on is no new start. */
export function hasSlot(tx: Tx, run: RunRow): boolean {
  const lane = tx.lanes.lane(run.laneId);
  const { concurrency, keyConcurrency } = lane.queue.config;
  const { limit, keyLimit } = tx.tasks.get(run.taskKey).rules;
  const perKey = keyConcurrency ?? keyLimit;
  const { claimed } = tx;
  if (isSuspect(run) && claimed.count(isSuspect) > 0) return false;
  if (limit !== undefined && claimed.count((other) => other.taskKey === run.taskKey) >= limit) return false;
  if (
    concurrency !== undefined &&
    claimed.count((other) => tx.lanes.lane(other.laneId).queue === lane.queue) >= concurrency
  )
    return false;
  return (
    perKey === undefined || lane.key === "" || claimed.count((other) => other.laneId === lane.id) < perKey
  );
}
