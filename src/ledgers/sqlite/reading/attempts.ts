// A run's claims, its log and its output.

import type { Key } from "../../../domain/ids.ts";
import { isTerminal } from "../../../domain/run-state.ts";
import type { RunError } from "../../../domain/outcome.ts";
import type { Attempt } from "../../../domain/run.ts";
import type { Json } from "../../../domain/json.ts";
import type { LogLevel } from "../../../ports/executor.ts";
import type { Page, PageRequest } from "../../../ports/page.ts";
import type { LogEntry, OutputEntry } from "../../../ports/run-ledger.ts";
import { int, json, oneOf, text, textOrNull } from "../row.ts";
import { locate } from "../state/locate.ts";
import type { Tx } from "../state/tx.ts";
import { readRun } from "./read-run.ts";

const logLevels = ["debug", "info", "warn", "error"] as const satisfies readonly LogLevel[];

/** Claims that are over have a row each, but for a first claim that ended the run: that one is read from its end. */
export function attempts(tx: Tx, key: Key): readonly Attempt[] {
  const written = tx.sql
    .named("reports.attempts")
    .all(key)
    .map((row): Attempt => {
      const error = textOrNull(row, 6);
      return {
        claim: int(row, 0),
        attempt: int(row, 1),
        workerId: tx.workerId(int(row, 2)),
        startedAtMs: int(row, 3),
        endedAtMs: int(row, 4),
        endedBy: text(row, 5),
        ...(error === null ? {} : { error: JSON.parse(error) as RunError }), // written from a `RunError` only
      };
    });
  const present = presentClaim(tx, key);
  return present === undefined || written.some(({ claim }) => claim === present.claim)
    ? written
    : [...written, present];
}

function presentClaim(tx: Tx, key: Key): Attempt | undefined {
  const run = locate(tx, key);
  if (run === undefined || run.workerKey === null || run.startedAtMs === null) return undefined;
  const base = { claim: run.claim, attempt: run.attempt, workerId: tx.workerId(run.workerKey) };
  if (!isTerminal(run.status)) return { ...base, startedAtMs: run.claimedAtMs };
  const ended = readRun(tx, key);
  const error = ended?.result?.error;
  return {
    ...base,
    startedAtMs: run.startedAtMs,
    endedBy: run.status,
    ...(ended?.finishedAtMs === undefined ? {} : { endedAtMs: ended.finishedAtMs }),
    ...(error === null || error === undefined ? {} : { error }),
  };
}

export function logs(tx: Tx, key: Key, page: PageRequest): Page<LogEntry> {
  const rows = tx.sql.named("reports.logs").all(key, page.after ?? 0, page.limit + 1);
  const items = rows.slice(0, page.limit).map((row): LogEntry => {
    const fields: Json | undefined = textOrNull(row, 5) === null ? undefined : json(text(row, 5));
    return {
      index: int(row, 0),
      claim: int(row, 1),
      atMs: int(row, 2),
      level: oneOf(logLevels, text(row, 3)),
      message: text(row, 4),
      ...(fields === undefined ? {} : { fields }),
    };
  });
  return withNext(items, rows.length > page.limit);
}

export function output(tx: Tx, key: Key, page: PageRequest): Page<OutputEntry> {
  const rows = tx.sql.named("reports.output").all(key, page.after ?? 0, page.limit + 1);
  const items = rows.slice(0, page.limit).map((row) => ({ index: int(row, 0), chunk: json(text(row, 1)) }));
  return withNext(items, rows.length > page.limit);
}

function withNext<T extends { readonly index: number }>(items: readonly T[], isMore: boolean): Page<T> {
  const last = items.at(-1);
  return isMore && last !== undefined ? { items, next: last.index } : { items };
}
