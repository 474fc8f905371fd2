// One owner of a database file (SEM 34): a lock that dies with the process, and a note that says who holds it.

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { RotaError } from "../../domain/errors.ts";

/** Who owns the file, for those who find it owned. */
export interface Owner {
  readonly pid: number;
  readonly url?: string;
  readonly startedAtMs: number;
}

/**
 * The lock of a file. It is SQLite's own lock on an empty database beside the file, so the operating system lets it go
 * whatever kills the process; a pid in a file would outlive it and be reused.
 */
export class FileLock {
  readonly #db: DatabaseSync;
  readonly #notePath: string;
  #owner: Owner;

  private constructor(db: DatabaseSync, notePath: string, owner: Owner) {
    this.#db = db;
    this.#notePath = notePath;
    this.#owner = owner;
  }

  /**
   * @throws LEDGER_LOCKED with the owner's pid and url when another process, or another ledger of this one, has it
   * @throws what SQLite or the file system says, as it is
   */
  static take(file: string, owner: Owner): FileLock {
    const notePath = `${file}.lock`;
    let db: DatabaseSync | undefined;
    try {
      db = new DatabaseSync(`${file}-lock`, { timeout: 0 });
      db.exec("pragma locking_mode = exclusive; begin exclusive");
      const lock = new FileLock(db, notePath, owner);
      lock.#writeNote();
      return lock;
    } catch (error) {
      db?.close();
      throw isBusy(error) ? lockedBy(file, notePath) : error;
    }
  }

  setUrl(url: string): void {
    this.#owner = { ...this.#owner, url };
    this.#writeNote();
  }

  /** The lock file stays: removing it could let two processes hold locks on two files of the same name. */
  release(): void {
    rmSync(this.#notePath, { force: true });
    this.#db.close();
  }

  #writeNote(): void {
    writeFileSync(this.#notePath, `${JSON.stringify(this.#owner)}\n`);
  }
}

function isBusy(error: unknown): boolean {
  const codes = { busy: 5, locked: 6 };
  return (
    error instanceof Error &&
    "errcode" in error &&
    (error.errcode === codes.busy || error.errcode === codes.locked)
  );
}

function lockedBy(file: string, notePath: string): RotaError {
  const owner = readNote(notePath);
  const who =
    owner === undefined
      ? "another process"
      : `process ${owner.pid}${owner.url === undefined ? "" : ` at ${owner.url}`}`;
  return new RotaError("LEDGER_LOCKED", `${file} is owned by ${who}`, {
    details: { ...owner },
    retryable: true,
  });
}

function readNote(notePath: string): Owner | undefined {
  try {
    const note: unknown = JSON.parse(readFileSync(notePath, "utf8"));
    return isOwner(note) ? note : undefined;
  } catch {
    return undefined; // the owner is writing it, or could not: the lock itself is what counts
  }
}

function isOwner(note: unknown): note is Owner {
  return typeof note === "object" && note !== null && "pid" in note && typeof note.pid === "number";
}
