// How many runs a queue may start now, by its concurrency and its rate.

import { int } from "../row.ts";
import type { Queue } from "../state/lane-book.ts";
import type { Tx } from "../state/tx.ts";

export interface Room {
  /** Infinity without limits. */
  readonly runs: number;
  /** When the rate lets the next one go, if it is the rate that holds back. */
  readonly retryAtMs: number | undefined;
}

/** Counted from the claimed rows and from the claims of the rate's window, never from a kept counter (SEM 3). */
export function roomOf(tx: Tx, queue: Queue, nowMs: number): Room {
  const { concurrency, rateLimit } = queue.config;
  const slots =
    concurrency === undefined
      ? Infinity
      : concurrency - tx.claimed.count((run) => tx.lanes.lane(run.laneId).queue === queue);
  if (rateLimit === undefined) return { runs: slots, retryAtMs: undefined };
  tx.sql.named("queues.pruneRate").run(queue.id, nowMs - rateLimit.perMs);
  const claims = tx.sql.named("queues.rates").all(queue.id);
  const used = claims.reduce((sum, row) => sum + int(row, 1), 0);
  const byRate = Math.max(0, rateLimit.limit - used);
  const first = claims[0];
  // With the window empty and more waiting than it takes, the next chance comes when this claim leaves the window.
  const retryAtMs = (first === undefined ? nowMs : int(first, 0)) + rateLimit.perMs;
  return { runs: Math.min(slots, byRate), retryAtMs: byRate <= slots ? retryAtMs : undefined };
}

/** Notes the claims just made, for the rate's window. */
export function spendRoom(
  tx: Tx,
  queue: Queue,
  { count, nowMs }: { readonly count: number; readonly nowMs: number },
): void {
  if (queue.config.rateLimit !== undefined && count > 0)
    tx.sql.named("queues.countRate").run(queue.id, nowMs, count);
}
