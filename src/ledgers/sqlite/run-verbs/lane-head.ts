// The head of a lane: its ready runs in order of place, read in blocks and removed by one range delete.

import type { Key } from "../../../domain/ids.ts";
import { int, intOrNull, textOrNull, type Row } from "../row.ts";
import { newRow, type RunRow } from "../run-row.ts";
import { readCounters } from "../state/locate.ts";
import type { FreshRun } from "../state/take.ts";
import type { Tx } from "../state/tx.ts";

/** A run at the head of a lane, read as far as it is asked for. */
export class HeadRun implements FreshRun {
  readonly #row: Row;
  readonly key: Key;
  readonly laneId: number;
  readonly place: number;
  readonly taskKey: Key;
  readonly revision: number;

  constructor(row: Row, laneId: number) {
    this.#row = row;
    this.key = int(row, 0);
    this.place = int(row, 1);
    this.taskKey = int(row, 2);
    this.revision = int(row, 3);
    this.laneId = laneId;
  }

  get dueAtMs(): number {
    return int(this.#row, 4);
  }

  get origin(): number {
    return int(this.#row, 5);
  }

  get scheduledForMs(): number | null {
    return intOrNull(this.#row, 6);
  }

  get params(): string | null {
    return textOrNull(this.#row, 8);
  }

  /** Whether nothing has happened to it but its birth; so it is with most, and their row is never made. */
  get isFresh(): boolean {
    return this.#row[9] === null;
  }

  toRow(tx: Tx): RunRow {
    const { key, taskKey, revision, laneId, place, dueAtMs, origin, scheduledForMs } = this;
    const extra = textOrNull(this.#row, 7);
    const run = newRow({ key, taskKey, revision, laneId, place, dueAtMs, scheduledForMs, origin, extra });
    run.version = 1;
    const state = this.isFresh ? undefined : tx.sql.named("claim.state").get(laneId, place, key);
    if (state !== undefined) {
      readCounters(run, state, 0);
      run.startedAtMs = intOrNull(state, 6);
    }
    return run;
  }
}

export class LaneHead {
  readonly #tx: Tx;
  readonly #laneId: number;
  #rows: readonly Row[] = [];
  #at = 0;
  #asked = 0;
  #current: HeadRun | undefined;
  #last: HeadRun | undefined;

  constructor(tx: Tx, laneId: number) {
    this.#tx = tx;
    this.#laneId = laneId;
  }

  /** The first run that was not passed yet. @param wanted - how many will be wanted at most, for the size of a read */
  peek(wanted: number): HeadRun | undefined {
    if (this.#current !== undefined) return this.#current;
    if (this.#at >= this.#rows.length && !this.#read(wanted)) return undefined;
    const row = this.#rows[this.#at];
    if (row !== undefined) this.#current = new HeadRun(row, this.#laneId);
    return this.#current;
  }

  /** Passes the run that `peek` showed; it is gone from the lane once {@link remove} is called. */
  advance(): void {
    if (this.#current === undefined) return;
    this.#last = this.#current;
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
