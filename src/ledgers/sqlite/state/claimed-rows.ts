// The claimed runs in memory: a mirror of what the database says, never more than workers have slots.

import type { Key } from "../../../domain/ids.ts";
import type { RunRow } from "../run-row.ts";

/**
 * The store is the only writer, so the mirror is the truth: every fenced write is checked against it without a read,
 * and limits count its rows. It is read again after a rollback.
 */
export class ClaimedRows {
  readonly #rows = new Map<Key, RunRow>();
  /** How many runs each batch still lists that are claimed by it. */
  readonly #batches = new Map<number, number>();

  get(key: Key): RunRow | undefined {
    return this.#rows.get(key);
  }

  put(run: RunRow): void {
    this.#rows.set(run.key, run);
    if (run.batchId !== null) this.#batches.set(run.batchId, (this.#batches.get(run.batchId) ?? 0) + 1);
  }

  /** Returns the batch whose last run this was. */
  delete(run: RunRow): number | undefined {
    this.#rows.delete(run.key);
    return this.leaveBatch(run);
  }

  /** The run gets a row of its own, or is claimed no more; returns its batch when it was the last of it. */
  leaveBatch(run: RunRow): number | undefined {
    const { batchId } = run;
    if (batchId === null) return undefined;
    run.batchId = null;
    const left = (this.#batches.get(batchId) ?? 1) - 1;
    if (left > 0) {
      this.#batches.set(batchId, left);
      return undefined;
    }
    this.#batches.delete(batchId);
    return batchId;
  }

  all(): Iterable<RunRow> {
    return this.#rows.values();
  }

  /** Keys of all, as JSON, for queries. */
  keysJson(test: (run: RunRow) => boolean = () => true): string {
    const keys: Key[] = [];
    for (const run of this.#rows.values()) if (test(run)) keys.push(run.key);
    return JSON.stringify(keys);
  }

  /** How many of them take a slot and satisfy `test`; a paused one keeps its worker's slot only (SEM 12). */
  count(test: (run: RunRow) => boolean): number {
    let count = 0;
    for (const run of this.#rows.values()) if (run.status !== "paused" && test(run)) count += 1;
    return count;
  }

  replace(rows: readonly RunRow[]): void {
    this.#rows.clear();
    this.#batches.clear();
    for (const run of rows) this.put(run);
  }
}
