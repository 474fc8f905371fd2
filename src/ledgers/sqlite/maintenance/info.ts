// How big the ledger is, and in which schema.

import { int, text } from "../row.ts";
import type { Tx } from "../state/tx.ts";

export interface StoreInfo {
  readonly bytes: number;
  readonly schemaVersion: number;
  readonly sqliteVersion: string;
}

export function info(tx: Tx): StoreInfo {
  const one = (sql: string) => tx.sql.built(sql).get() ?? [];
  return {
    bytes: int(one("pragma page_count"), 0) * int(one("pragma page_size"), 0),
    schemaVersion: int(one("select max(version) from schema_migrations"), 0),
    sqliteVersion: text(one("select sqlite_version()"), 0),
  };
}
