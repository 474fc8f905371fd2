// Finds a run wherever it lies, as one row to work with.

import type { Key } from "../../../domain/ids.ts";
import { isTerminal, runStatuses, type LiveStatus } from "../../../domain/run-state.ts";
import { int, intOrNull, oneOf, text, textOrNull, type Row } from "../row.ts";
import type { RunRow } from "../run-row.ts";
import { birthOf } from "./birth-row.ts";
import { FirstClaims, type ClaimBatch } from "./claimed-rows.ts";
import type { Tx } from "./tx.ts";

/** The run, in whatever phase; undefined when there is none of that key. */
export function locate(tx: Tx, key: Key): RunRow | undefined {
  const claimed = tx.claimed.get(key);
  if (claimed !== undefined) return claimed;
  const row = tx.sql.named("runs.locate").get(key);
  if (row === undefined) return undefined;
  const run = birthOf(row);
  if (row[9] !== null) readHeld(run, row);
  else if (row[25] !== null) readReady(run, row);
  else if (row[32] !== null) readEnded(run, row);
  else throw new Error(`run ${key} lies in no state table`);
  return run;
}

/** Reads all claimed runs from the database into the mirror. */
export function readClaimed(tx: Tx): void {
  tx.claimed.clear();
  for (const row of tx.sql.named("runs.claimedAll").all()) tx.claimed.put(claimedOf(row));
  const batches = new Map<number, ClaimBatch>();
  for (const row of tx.sql.named("runs.batchedAll").all()) {
    const id = int(row, 7);
    let batch = batches.get(id);
    if (batch === undefined) {
      batch = { id, workerKey: int(row, 5), claimedAtMs: int(row, 6), claimedBy: 0, left: 0 };
      batches.set(id, batch);
    }
    const alike = {
      taskKey: int(row, 1),
      revision: int(row, 2),
      laneId: int(row, 3),
      origin: int(row, 4),
    };
    tx.claimed.putFirst(int(row, 0), new FirstClaims(batch, alike));
  }
}

function claimedOf(row: Row): RunRow {
  const run = birthOf(row);
  run.phase = "claimed";
  run.workerKey = int(row, 9);
  run.status = oneOf(runStatuses, text(row, 10));
  readCounters(run, row, 11);
  run.claimedAtMs = int(row, 17);
  run.startedAtMs = int(row, 18);
  run.cancel = textOrNull(row, 19);
  run.pauseWanted = textOrNull(row, 20);
  run.clocks = textOrNull(row, 21);
  return run;
}

/** claim, attempt, recoveries, interruptions, version, flags from six columns in that order. */
export function readCounters(run: RunRow, row: Row, from: number): void {
  run.claim = int(row, from);
  run.attempt = int(row, from + 1);
  run.recoveries = int(row, from + 2);
  run.interruptions = int(row, from + 3);
  run.version = int(row, from + 4);
  run.flags = int(row, from + 5);
}

function readHeld(run: RunRow, row: Row): void {
  run.phase = "held";
  run.status = oneOf(runStatuses, text(row, 9));
  readCounters(run, row, 10);
  run.startedAtMs = intOrNull(row, 16);
  run.waitUntilMs = intOrNull(row, 17);
  run.answerByMs = intOrNull(row, 18);
  run.resumeAtMs = intOrNull(row, 19);
  run.parkedOn = textOrNull(row, 20);
  run.pausedFrom = liveStatus(textOrNull(row, 21));
  run.pausedBy = textOrNull(row, 22);
  run.clocks = textOrNull(row, 23);
  run.wait = textOrNull(row, 24);
}

function readReady(run: RunRow, row: Row): void {
  run.phase = "ready";
  run.status = "pending";
  readCounters(run, row, 25);
  run.startedAtMs = intOrNull(row, 31);
}

function readEnded(run: RunRow, row: Row): void {
  run.phase = "ended";
  run.status = oneOf(runStatuses, text(row, 32));
  run.claim = int(row, 33);
  run.attempt = int(row, 34);
  run.recoveries = int(row, 35);
  run.interruptions = int(row, 36);
  run.version = int(row, 37);
  run.workerKey = intOrNull(row, 38);
  run.startedAtMs = intOrNull(row, 39);
  run.cancel = textOrNull(row, 40);
}

function liveStatus(status: string | null): LiveStatus | null {
  if (status === null) return null;
  const found = oneOf(runStatuses, status);
  return isTerminal(found) ? null : found;
}
