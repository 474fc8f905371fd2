// The claimed runs in memory: a mirror of the table `claimed`, which never has more rows than workers have slots.

import type { Key } from "../../../domain/ids.ts";
import type { RunRow } from "../run-row.ts";

/**
 * The store is the only writer, so the mirror is the table: every fenced write is checked against it without a read,
 * and limits count its rows. It is read again after a rollback.
 */
export class ClaimedRows {
  readonly #rows = new Map<Key, RunRow>();

  get(key: Key): RunRow | undefined {
    return this.#rows.get(key);
  }

  get size(): number {
    return this.#rows.size;
  }

  put(run: RunRow): void {
    this.#rows.set(run.key, run);
  }

  delete(key: Key): void {
    this.#rows.delete(key);
  }

  all(): Iterable<RunRow> {
    return this.#rows.values();
  }

  /** How many of them take a slot and satisfy `test`; a paused one keeps its worker's slot only (SEM 12). */
  count(test: (run: RunRow) => boolean): number {
    let count = 0;
    for (const run of this.#rows.values()) if (run.status !== "paused" && test(run)) count += 1;
    return count;
  }

  replace(rows: readonly RunRow[]): void {
    this.#rows.clear();
    for (const run of rows) this.#rows.set(run.key, run);
  }
}
