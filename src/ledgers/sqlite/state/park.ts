// Parking: a run the claim met and could not start lies aside under the name of what blocks it, and costs no claim again.

import { isSuspect } from "../../../domain/retry.ts";
import { int, text } from "../row.ts";
import type { RunRow } from "../run-row.ts";
import type { Queue } from "./lane-book.ts";
import { putHeld } from "./moves.ts";
import type { Tx } from "./tx.ts";

/** What a suspect of a queue is parked on while another one, of whichever queue, is at work. */
export function onSuspects(queue: Queue): string {
  return `suspect:${queue.id}`;
}

/** Whether a run lies parked for its turn among the suspects. */
export function isParkedOnSuspects({ parkedOn }: Pick<RunRow, "parkedOn">): boolean {
  return parkedOn?.startsWith("suspect:") === true;
}

/** Lays a run aside that is in no table. */
export function park(tx: Tx, run: RunRow, on: string): void {
  run.status = "pending";
  run.parkedOn = on;
  putHeld(tx, run);
  // The room it was let go for goes to the next one that waits for it.
  if (isSuspect(run) && !isParkedOnSuspects(run)) tx.after.suspect();
  const lane = tx.lanes.lane(run.laneId);
  if (lane.key !== "" && on !== `key-limit:${lane.id}`) tx.after.lane(lane.id);
  if (tx.tasks.get(run.taskKey).rules.limit !== undefined && on !== `task-limit:${run.taskKey}`)
    tx.after.task(run.taskKey);
}

/**
 * Lets runs go that are parked on something, lowest place first, and says how many.
 *
 * Two statements for any number: a parked run has no wait of its own, so its row moves as it is.
 *
 * @param most - how many at most; absent: all
 */
export function unpark(tx: Tx, on: string, most = -1): number {
  let moved = 0;
  for (const row of tx.sql.named("runs.parkedLanes").all(on, most)) {
    const lane = tx.lanes.lane(int(row, 0));
    const count = int(row, 1);
    moved += count;
    tx.totals.add(`held/pending/${lane.queue.id}`, -count);
    tx.totals.add(`ready/${lane.queue.id}`, count);
    tx.lanes.waits(lane);
    tx.note.runnable(lane.queue.name);
  }
  if (moved === 0) return 0;
  tx.sql.named("runs.unparkToReady").run(on, most);
  tx.sql.named("runs.deleteUnparked").run(on, most);
  return moved;
}

/**
 * Lets the first suspect of each queue go, the queue whose first came earliest before the others. One of them is
 * claimed, wherever there is room first; the claims of the other queues park theirs again. So no queue that cannot
 * serve its suspect now keeps the turn from the others.
 */
export function unparkSuspects(tx: Tx): void {
  for (const row of tx.sql.named("runs.parkedSuspects").all()) unpark(tx, text(row, 0), 1);
}

export function isAnyParked(tx: Tx, on: string): boolean {
  return tx.sql.named("runs.anyParked").get(on) !== undefined;
}
