// When the WAL is written back: in a gap of the work rather than inside a commit.

import type { DatabaseSync, StatementSync } from "node:sqlite";

/** Pages in the WAL from which a gap is used to write them back. */
const fromPages = 1000;
/**
 * Pages at which it is done, gap or not: 16 MB. Under a steady load of 5,000 adds a second it made no difference
 * whether the WAL was written back at 4, 16 or 64 MB (p99 1.6, 1.7, 2.0 ms).
 */
const mostPages = 4000;

/**
 * Takes the WAL's checkpoints out of the commits, where one makes its callers wait 18 to 28 ms: with schedules that come
 * due each second a commit held up so is the slowest of all. The thread asks after each reply it has given.
 */
export class Checkpoints {
  readonly #look: StatementSync;
  readonly #write: StatementSync;

  constructor(db: DatabaseSync) {
    db.exec("pragma wal_autocheckpoint = 0");
    this.#look = db.prepare("pragma wal_checkpoint(noop)");
    this.#write = db.prepare("pragma wal_checkpoint(passive)");
  }

  /** @param isIdle - whether nothing waits to be applied, nor comes within a moment; asked only when it matters */
  afterReply(isIdle: () => boolean): void {
    const pages = this.#pages();
    if (pages >= mostPages || (pages >= fromPages && isIdle())) this.#write.get();
  }

  /** Pages that are not written back yet. */
  #pages(): number {
    // Columns: busy, pages in the log, pages written back; the types of node:sqlite know only object rows.
    const row = this.#look.get() as unknown as readonly number[] | undefined;
    return (row?.[1] ?? 0) - (row?.[2] ?? 0);
  }
}
