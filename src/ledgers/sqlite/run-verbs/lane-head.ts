// The head of a lane: its ready runs in order of place, read in blocks and removed by one range delete.

import { int, intOrNull, textOrNull, type Row } from "../row.ts";
import { newRow, type RunRow } from "../run-row.ts";
import type { Tx } from "../state/tx.ts";

export interface HeadRun {
  readonly run: RunRow;
  readonly params: string | null;
}

export class LaneHead {
  readonly #tx: Tx;
  readonly #laneId: number;
  #rows: readonly Row[] = [];
  #at = 0;
  #asked = 0;
  #current: HeadRun | undefined;
  #last: RunRow | undefined;

  constructor(tx: Tx, laneId: number) {
    this.#tx = tx;
    this.#laneId = laneId;
  }

  /** The first run that was not passed yet. @param wanted - how many will be wanted at most, for the size of a read */
  peek(wanted: number): HeadRun | undefined {
    if (this.#current !== undefined) return this.#current;
    if (this.#at >= this.#rows.length && !this.#read(wanted)) return undefined;
    const row = this.#rows[this.#at];
    if (row !== undefined) this.#current = toHeadRun(row);
    return this.#current;
  }

  /** Passes the run that `peek` showed; it is gone from the lane once {@link remove} is called. */
  advance(): void {
    if (this.#current === undefined) return;
    this.#last = this.#current.run;
    this.#current = undefined;
    this.#at += 1;
  }

  /** Deletes what was passed: everything up to the last one passed, since all of it was taken or parked. */
  remove(): void {
    const last = this.#last;
    if (last === undefined) return;
    this.#last = undefined;
    const count = this.#tx.sql.named("claim.deleteHead").run(this.#laneId, last.place, last.key);
    this.#tx.totals.add(`ready/${this.#tx.lanes.lane(this.#laneId).queue.id}`, -count);
  }

  #read(wanted: number): boolean {
    if (this.#rows.length < this.#asked) return false;
    this.remove();
    this.#asked = Math.max(1, wanted);
    this.#rows = this.#tx.sql.named("claim.head").all(this.#laneId, this.#asked);
    this.#at = 0;
    return this.#rows.length > 0;
  }
}

function toHeadRun(row: Row): HeadRun {
  const run = newRow({
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
  run.claim = int(row, 9);
  run.attempt = int(row, 10);
  run.recoveries = int(row, 11);
  run.interruptions = int(row, 12);
  run.version = int(row, 13);
  run.flags = int(row, 14);
  run.startedAtMs = intOrNull(row, 15);
  return { run, params: textOrNull(row, 16) };
}
