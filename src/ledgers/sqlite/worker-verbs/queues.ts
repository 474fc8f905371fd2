// Queues: their limits, their pauses, and what waits in them; and roles.

import type { Key } from "../../../domain/ids.ts";
import { pausedAgain } from "../../../domain/task.ts";
import type { QueueConfig, QueueRow } from "../../../ports/worker-ledger.ts";
import { text } from "../row.ts";
import { settleAftermath } from "../state/consequences.ts";
import type { Queue } from "../state/lane-book.ts";
import { unpark } from "../state/park.ts";
import type { Tx } from "../state/tx.ts";

export type QueuePause = NonNullable<QueueRow["pausedBy"]>;

/** Milliseconds a role is held without renewal (SEM 22). */
const roleLeaseMs = 5000;

export function queues(tx: Tx): readonly QueueRow[] {
  return tx.lanes.all().map((queue) => toQueueRow(tx, queue));
}

export function queue(tx: Tx, name: string): QueueRow | undefined {
  const found = tx.lanes.find(name);
  return found === undefined ? undefined : toQueueRow(tx, found);
}

/** Limits act live: what an old one parked is judged again at the next claim. */
export function configureQueue(tx: Tx, name: string, config: QueueConfig, nowMs: number): QueueRow {
  const found = tx.lanes.queue(name);
  found.config = config;
  tx.lanes.store(found);
  for (const row of tx.sql.named("queues.keyLimits").all(found.id)) unpark(tx, text(row, 0));
  tx.note.runnable(name);
  settleAftermath(tx, nowMs);
  return toQueueRow(tx, found);
}

export function pauseQueue(tx: Tx, name: string, by: QueuePause): QueueRow {
  const found = tx.lanes.queue(name);
  const before = found.pausedBy === null ? undefined : (JSON.parse(found.pausedBy) as QueuePause); // written just below
  found.pausedBy = JSON.stringify(before === undefined ? by : pausedAgain(before, by));
  tx.lanes.store(found);
  return toQueueRow(tx, found);
}

export function resumeQueue(tx: Tx, name: string): QueueRow {
  const found = tx.lanes.queue(name);
  found.pausedBy = null;
  tx.lanes.store(found);
  tx.note.runnable(name);
  return toQueueRow(tx, found);
}

/** True when the holder has the role now; renewing is taking it again. */
export function takeRole(tx: Tx, role: string, holder: Key, nowMs: number): boolean {
  return tx.sql.named("workers.takeRole").run(role, holder, nowMs + roleLeaseMs, nowMs) > 0;
}

function toQueueRow(tx: Tx, found: Queue): QueueRow {
  let held = 0;
  for (const [name, count] of tx.totals.readAll("held/")) if (name.endsWith(`/${found.id}`)) held += count;
  return {
    name: found.name,
    ...found.config,
    ...(found.pausedBy === null ? {} : { pausedBy: JSON.parse(found.pausedBy) as QueuePause }), // written from a `QueuePause` only
    ready: tx.totals.read(`ready/${found.id}`),
    held,
    running: tx.claimed.count((run) => tx.lanes.lane(run.laneId).queue === found),
  };
}
