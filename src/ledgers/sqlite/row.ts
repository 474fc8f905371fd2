// What comes out of SQLite: rows as arrays, read by position and checked, never cast.

import { RotaError } from "../../domain/errors.ts";
import type { Json, JsonObject } from "../../domain/json.ts";

/** What the ledger stores: all its integers fit a JavaScript number, and it keeps no blobs. */
export type SqlValue = null | number | string;
export type Row = readonly SqlValue[];

export function int(row: Row, at: number): number {
  const value = row[at];
  if (typeof value !== "number") throw unexpected(value, "an integer");
  return value;
}

export function intOrNull(row: Row, at: number): number | null {
  const value = row[at];
  if (value === null || typeof value === "number") return value;
  throw unexpected(value, "an integer or null");
}

export function text(row: Row, at: number): string {
  const value = row[at];
  if (typeof value !== "string") throw unexpected(value, "text");
  return value;
}

export function textOrNull(row: Row, at: number): string | null {
  const value = row[at];
  if (value === null || typeof value === "string") return value;
  throw unexpected(value, "text or null");
}

/** Reads text as one of a closed set; a word of a newer release refuses its row, not the process (SEM 33). */
export function oneOf<T extends string>(words: readonly T[], value: string): T {
  const found = words.find((word) => word === value);
  if (found === undefined) throw unexpected(value, `one of ${words.join(", ")}`);
  return found;
}

/** JSON the ledger wrote itself. */
export function json(value: string): Json {
  return JSON.parse(value) as Json; // whatever parses is JSON
}

export function jsonObject(value: string | null): JsonObject {
  const parsed = value === null ? null : json(value);
  return isObject(parsed) ? parsed : {};
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unexpected(value: unknown, wanted: string): RotaError {
  return new RotaError(
    "LEDGER_CORRUPT",
    `the ledger holds ${JSON.stringify(value) ?? "nothing"} where ${wanted} belongs`,
  );
}

/** The number of a query that answers with one row of one number; 0 when it answers with none. */
export function firstInt(row: Row | undefined): number {
  return row === undefined ? 0 : int(row, 0);
}
