// Opens a SQLite ledger: a file or memory, in a thread of its own or in this one.

import { randomInt } from "node:crypto";
import { resolve } from "node:path";
import { RotaError } from "../../domain/errors.ts";
import { IdCodec, firstKeyAt } from "../../domain/ids.ts";
import { SqliteLedger } from "./ledger.ts";
import type { StoreOptions } from "./protocol.ts";
import type { Probe } from "./statements.ts";
import { openOnThread } from "./thread-host.ts";

export interface OpenSqliteOptions {
  /** `sqlite:` and a path, or `memory:`. */
  readonly database: string;
  /**
   * Where SQL runs. On a thread a slow disk never stops this event loop; on the main thread adds by many clients are a
   * third faster and memory ledgers are deterministic.
   *
   * @default "thread" for files, "main" for memory
   */
  readonly host?: "thread" | "main";
  /** `normal` may lose the last commits at power failure, never at a crash. @default "full" */
  readonly synchronous?: "full" | "normal";
  /** Where the owner can be reached, for those who find the file owned. */
  readonly url?: string;
  /** Ledger time, for a new ledger and the lock's note. */
  readonly nowMs: number;
  /** 32 bits for the ids of a new ledger. @default random */
  readonly idSeed?: number;
  /** Calls back at the end of the present turn, where batches are cut. @default `process.nextTick` */
  readonly endOfTurn?: (act: () => void) => void;
  /** Rows that may wait to be written; more are refused as OVERLOADED. @default 100,000 */
  readonly mostWaiting?: number;
  /** Told of each moment around a statement that writes; on the main thread only. @default none */
  readonly probe?: Probe;
}

/**
 * Opens a ledger, and creates it when there is none; the caller owns the file until `close`.
 *
 * @throws LEDGER_LOCKED when another process owns the file; `details` hold its pid and url
 * @throws LEDGER_CORRUPT when the file is damaged, no ledger, or was copied without its -wal file
 * @throws LEDGER_TOO_NEW when a newer release wrote it
 * @throws LEDGER_INACCESSIBLE when there can be no file: no such folder, no right to it, a folder of that name
 * @throws LEDGER_FULL when its disk is full
 * @throws LEDGER_UNAVAILABLE when the file cannot be used for another reason, or this Node's SQLite is too old
 * @throws CONFIG_INVALID when `database` is neither `sqlite:` nor `memory:`
 */
export async function openSqliteLedger(options: OpenSqliteOptions): Promise<SqliteLedger> {
  const file = fileOf(options.database);
  const isMemory = file === ":memory:";
  const idSeed = (options.idSeed ?? randomInt(0x1_0000_0000 - 1)) >>> 0;
  const storeOptions: StoreOptions = {
    file,
    synchronous: options.synchronous ?? "full",
    url: options.url,
    nowMs: options.nowMs,
    idSeed,
    ledgerId: new IdCodec(idSeed).encode("ledger", firstKeyAt(options.nowMs)),
  };
  const onMain = (options.host ?? (isMemory ? "main" : "thread")) === "main";
  // The part that runs SQL is loaded where it runs.
  const host = onMain
    ? (await import("./main-host.ts")).openOnMain(storeOptions, options.probe)
    : await openOnThread(storeOptions);
  return new SqliteLedger({
    host,
    endOfTurn: options.endOfTurn ?? ((act) => process.nextTick(act)),
    mostWaiting: options.mostWaiting ?? 100_000,
  });
}

function fileOf(database: string): string {
  if (database === "memory:") return ":memory:";
  if (database.startsWith("sqlite:") && database.length > "sqlite:".length)
    return resolve(database.slice("sqlite:".length));
  throw new RotaError(
    "CONFIG_INVALID",
    `a SQLite ledger is "sqlite:" and a path, or "memory:", not "${database}"`,
  );
}
