// Reading births: the nine columns of `runs` with which every row of a run begins.

import { int, intOrNull, textOrNull, type Row } from "../row.ts";
import { newRow, type RunRow } from "../run-row.ts";
import type { FirstClaims } from "./claimed-rows.ts";

/** The run of a row that begins with key, task, revision, lane, place, due, scheduled for, origin and extra. */
export function birthOf(row: Row): RunRow {
  return newRow({
    key: int(row, 0),
    taskKey: int(row, 1),
    revision: int(row, 2),
    laneId: int(row, 3),
    place: int(row, 4),
    dueAtMs: int(row, 5),
    scheduledForMs: intOrNull(row, 6),
    origin: int(row, 7),
    extra: textOrNull(row, 8),
  });
}

/** A first claim: all that neither its birth nor its batch says follows from its being the first. */
export function firstClaimOf(row: Row, { workerKey, claimedAtMs, claimedBy }: FirstClaims): RunRow {
  const run = birthOf(row);
  run.phase = "claimed";
  run.status = "running";
  run.claim = 1;
  run.attempt = 1;
  run.version = firstClaimVersion;
  run.flags = 0;
  run.workerKey = workerKey;
  run.claimedAtMs = claimedAtMs;
  run.claimedBy = claimedBy;
  run.startedAtMs = claimedAtMs;
  return run;
}

/** Birth and start have happened, and nothing else. */
export const firstClaimVersion = 2;
