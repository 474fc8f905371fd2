// Keeps the WAL where it is when the store's thread dies before it could close the database.

import { DatabaseSync } from "node:sqlite";

/**
 * A second, read-only connection in the ledger's own thread.
 *
 * When Node takes a thread down (an uncaught error, `process.exit`, out of memory) it closes the thread's connection,
 * and SQLite removes the WAL with the last connection of a process. The file would then look exactly like a copy made
 * without its WAL, which is refused. While this connection is open SQLite leaves the WAL alone, and this one cannot
 * remove it: it may not write. The next start finds file and WAL and goes on.
 */
export class WalGuard {
  readonly #db: DatabaseSync;

  constructor(file: string) {
    this.#db = new DatabaseSync(file, { readOnly: true });
    // The first read takes the shared lock, which a connection in WAL mode keeps until it is closed.
    this.#db.prepare("select count(*) from sqlite_schema").get();
  }

  /** To be called before the store closes, so that the WAL goes with it. */
  release(): void {
    this.#db.close();
  }
}

/** Closes a connection and leaves the WAL to the next start: for a file whose mark says that it has one. */
export function closeKeepingWal(db: DatabaseSync, file: string): void {
  let guard: WalGuard | undefined;
  try {
    guard = new WalGuard(file);
  } catch {
    // A file that cannot be read is left as it is by SQLite too.
  }
  db.close();
  guard?.release();
}
