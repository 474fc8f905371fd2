// Opens the database file: owned, checked, migrated, and set up for one writer.

import { DatabaseSync } from "node:sqlite";
import { RotaError } from "../../domain/errors.ts";
import { applicationId, corrupt, inspectFile, type FileState } from "./header.ts";
import { FileLock } from "./lock.ts";
import { migrate } from "./migrate.ts";
import { checkPlace, openFailure } from "./place.ts";
import type { Opened, StoreOptions } from "./protocol.ts";
import type { Probe } from "./statements.ts";
import { Store } from "./store.ts";
import { closeKeepingWal } from "./wal-guard.ts";

/** Older ones can corrupt a WAL database when it is reset (RELIABILITY F.5). */
const oldestSqlite = [3, 51, 3] as const;

/** A file up to this size is checked page by page at each start; a bigger one by its header and schema only. */
const checkedBytes = 64 * 1024 * 1024;

/** An open database with its store. */
export class Database {
  readonly #db: DatabaseSync;
  readonly #file: string;
  readonly #lock: FileLock | undefined;
  readonly store: Store;
  readonly opened: Opened;

  private constructor(parts: {
    readonly db: DatabaseSync;
    readonly file: string;
    readonly lock: FileLock | undefined;
    readonly store: Store;
    readonly opened: Opened;
  }) {
    this.#db = parts.db;
    this.#file = parts.file;
    this.#lock = parts.lock;
    this.store = parts.store;
    this.opened = parts.opened;
  }

  /**
   * @throws LEDGER_INACCESSIBLE when there can be none at that place, LEDGER_FULL when its disk is full
   * @throws LEDGER_LOCKED when another owner has the file
   * @throws LEDGER_CORRUPT when it is damaged, incomplete or no ledger; it is never created anew over something
   * @throws LEDGER_TOO_NEW when a newer release wrote it
   */
  static open(options: StoreOptions, probe?: Probe): Database {
    const isFile = options.file !== ":memory:";
    const lock = isFile ? takeLock(options) : undefined;
    let db: DatabaseSync | undefined;
    // Whether its header says that a WAL belongs to it.
    let isMarked = false;
    try {
      const state: FileState = isFile
        ? inspectFile(options.file)
        : { isNew: true, wasUnclean: false, bytes: 0 };
      isMarked = state.wasUnclean;
      db = new DatabaseSync(options.file, {
        returnArrays: true,
        enableForeignKeyConstraints: false,
        timeout: 1000,
      });
      refuseOldSqlite(db);
      if (isFile) prepareFile(db, { options, state });
      migrate(db, options.nowMs);
      const store = new Store(db, probe);
      const opened = { ...store.identify(options), wasUnclean: state.wasUnclean };
      isMarked = true;
      if (isFile) markInUse(db);
      return new Database({ db, file: options.file, lock, store, opened });
    } catch (error) {
      // What it refuses it leaves as it was, the WAL of an unclean stop included.
      if (db !== undefined && isFile && isMarked) closeKeepingWal(db, options.file);
      else db?.close();
      lock?.release();
      throw openFailure(error, options.file);
    }
  }

  get connection(): DatabaseSync {
    return this.#db;
  }

  setUrl(url: string): void {
    this.#lock?.setUrl(url);
  }

  /** Leaves the file whole without a WAL, and says so in its header; or whole with its WAL, where that cannot be. */
  close(): void {
    if (this.#lock === undefined) return this.#db.close();
    try {
      this.#db.exec(`pragma application_id = ${applicationId.closed}`);
      this.#db.exec("pragma wal_checkpoint(truncate)");
      this.#db.close();
    } catch {
      // A full disk, for one: nothing is lost, the next start reads the WAL.
      closeKeepingWal(this.#db, this.#file);
    } finally {
      this.#lock.release();
    }
  }
}

function takeLock({ file, url, nowMs }: StoreOptions): FileLock {
  checkPlace(file);
  try {
    return FileLock.take(file, {
      pid: process.pid,
      ...(url === undefined ? {} : { url }),
      startedAtMs: nowMs,
    });
  } catch (error) {
    throw openFailure(error, file);
  }
}

function refuseOldSqlite(db: DatabaseSync): void {
  const version = String(firstValue(db, "select sqlite_version()"));
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  const [needMajor, needMinor, needPatch] = oldestSqlite;
  const isOld =
    major !== needMajor ? major < needMajor : minor !== needMinor ? minor < needMinor : patch < needPatch;
  if (isOld) {
    throw new RotaError(
      "LEDGER_UNAVAILABLE",
      `SQLite ${version} of this Node can damage a ledger; ${oldestSqlite.join(".")} is needed`,
      {
        details: { sqliteVersion: version },
      },
    );
  }
}

function prepareFile(
  db: DatabaseSync,
  { options, state }: { readonly options: StoreOptions; readonly state: FileState },
): void {
  const { file, synchronous } = options;
  if (!state.isNew) refuseDamage(db, file, state);
  db.exec("pragma journal_mode = wal");
  db.exec(`pragma synchronous = ${synchronous}`);
  db.exec("pragma cache_size = -65536");
  db.exec("pragma temp_store = memory");
}

function refuseDamage(db: DatabaseSync, file: string, state: FileState): void {
  const tables = Number(firstValue(db, "select count(*) from sqlite_schema"));
  const isLedger =
    Number(firstValue(db, "select count(*) from sqlite_schema where name = 'schema_migrations'")) > 0;
  if (tables > 0 && !isLedger) throw corrupt(file, "it is a SQLite database of another program");
  if (state.bytes > checkedBytes) return;
  const found = String(firstValue(db, "pragma quick_check(1)"));
  if (found !== "ok") throw corrupt(file, found);
}

/** Brings the mark into the main file itself, where a copy without the WAL carries it along. */
function markInUse(db: DatabaseSync): void {
  db.exec(`pragma application_id = ${applicationId.inUse}`);
  db.exec("pragma wal_checkpoint(truncate)");
}

function firstValue(db: DatabaseSync, sql: string): unknown {
  // The connection returns rows as arrays, which the types of node:sqlite do not know.
  const row = db.prepare(sql).get() as unknown as readonly unknown[] | undefined;
  return row?.[0];
}
