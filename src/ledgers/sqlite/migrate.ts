// Brings a database to this release's schema, or refuses it.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { RotaError } from "../../domain/errors.ts";

/** A step of the schema; immutable once released. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
  /** The oldest schema version whose release may still use a database after this step (SEM 33). */
  readonly compatibleFrom: number;
}

const folder = new URL("./migrations/", import.meta.url);
let loaded: readonly Migration[] | undefined;

/** All migrations this release knows, in order. */
function migrations(): readonly Migration[] {
  loaded ??= readdirSync(folder)
    .filter((file) => file.endsWith(".sql"))
    .toSorted()
    .map((file) => {
      const sql = readFileSync(new URL(file, folder), "utf8");
      const compatible = /^-- compatible from: (\d+)$/mu.exec(sql)?.[1];
      const version = Number(file.slice(0, 4));
      return {
        version,
        name: file.slice(5, -4),
        sql,
        checksum: createHash("sha256").update(sql).digest("hex"),
        compatibleFrom: compatible === undefined ? version : Number(compatible),
      };
    });
  return loaded;
}

/**
 * Applies what is missing, each step in a transaction of its own with its note in `schema_migrations`.
 *
 * @throws LEDGER_TOO_NEW when the database names a newer release as the oldest that may use it
 * @throws LEDGER_CORRUPT when an applied step is not the one this release knows
 */
export function migrate(db: DatabaseSync, nowMs: number): void {
  db.exec(`create table if not exists schema_migrations (
    version integer primary key, name text not null, checksum text not null,
    compatible_from integer not null, applied_at_ms integer not null
  ) strict`);
  const known = migrations();
  const newest = known.at(-1)?.version ?? 0;
  const applied = readApplied(db);
  for (const step of applied) {
    if (step.compatibleFrom > newest) {
      throw new RotaError(
        "LEDGER_TOO_NEW",
        `the database has schema ${step.version}, this release knows ${newest}`,
        {
          details: { schemaVersion: step.version, compatibleFrom: step.compatibleFrom, knownVersion: newest },
        },
      );
    }
    const mine = known.find((migration) => migration.version === step.version);
    if (mine !== undefined && mine.checksum !== step.checksum) {
      throw new RotaError(
        "LEDGER_CORRUPT",
        `schema step ${step.version} of the database is not the one of this release`,
      );
    }
  }
  const done = applied.at(-1)?.version ?? 0;
  for (const migration of known) if (migration.version > done) applyOne(db, migration, nowMs);
}

function applyOne(db: DatabaseSync, migration: Migration, nowMs: number): void {
  db.exec("begin immediate");
  try {
    db.exec(migration.sql);
    db.prepare(
      "insert into schema_migrations (version, name, checksum, compatible_from, applied_at_ms) values (?, ?, ?, ?, ?)",
    ).run(migration.version, migration.name, migration.checksum, migration.compatibleFrom, nowMs);
    db.exec("commit");
  } catch (error) {
    if (db.isTransaction) db.exec("rollback");
    throw error;
  }
}

interface AppliedStep {
  readonly version: number;
  readonly checksum: string;
  readonly compatibleFrom: number;
}

function readApplied(db: DatabaseSync): readonly AppliedStep[] {
  const statement = db.prepare(
    "select version, checksum, compatible_from from schema_migrations order by version",
  );
  // The connection returns rows as arrays, which the types of node:sqlite do not know.
  return (statement.all() as unknown as readonly (readonly unknown[])[]).map((row) => ({
    version: Number(row[0]),
    checksum: String(row[1]),
    compatibleFrom: Number(row[2]),
  }));
}
