// The error inbox: its groups, and the runs that wait in one.

import { errorStatuses, type ErrorGroup, type ErrorStatus } from "../../../domain/error-group.ts";
import type { Key } from "../../../domain/ids.ts";
import type { ErrorQuery } from "../../../ports/error-ledger.ts";
import type { Page, PageRequest } from "../../../ports/page.ts";
import { int, oneOf, text, textOrNull, type Row, type SqlValue } from "../row.ts";
import type { Tx } from "../state/tx.ts";

export function listErrors(tx: Tx, query: ErrorQuery): Page<ErrorGroup> {
  tx.errors.write();
  const { sql, values } = errorListQuery(query);
  const rows = tx.sql.built(sql).all(...values, query.limit + 1);
  const items = rows.slice(0, query.limit).map((row) => toGroup(tx, row));
  const last = rows[query.limit - 1];
  return rows.length > query.limit && last !== undefined ? { items, next: int(last, 12) } : { items };
}

/** The statement of a list; its shape depends only on which filters are given, so there are few. */
function errorListQuery(query: ErrorQuery): {
  readonly sql: string;
  readonly values: readonly SqlValue[];
} {
  const conditions: string[] = [];
  const values: SqlValue[] = [];
  const and = (condition: string, value: SqlValue) => {
    conditions.push(condition);
    values.push(value);
  };
  if (query.userId !== undefined) and("user_id = ?", query.userId);
  if (query.status !== undefined)
    and("status in (select value from json_each(?))", JSON.stringify(query.status));
  if (query.type !== undefined) and("type in (select value from json_each(?))", JSON.stringify(query.type));
  and("rank < ?", query.after ?? Number.MAX_SAFE_INTEGER);
  return {
    sql: `select id, fingerprint, user_id, type, code, message, frame, status, count, waiting, first_seen_ms, last_seen_ms, rank
      from error_groups where ${conditions.join(" and ")} order by rank desc limit ?`,
    values,
  };
}

export function getError(tx: Tx, fingerprint: string): ErrorGroup | undefined {
  const row = find(tx, fingerprint);
  return row === undefined ? undefined : toGroup(tx, row);
}

export function waitingErrors(tx: Tx, fingerprint: string, page: PageRequest): Page<Key> {
  const row = find(tx, fingerprint);
  if (row === undefined) return { items: [] };
  const rows = tx.sql.named("errors.waiting").all(int(row, 0), page.after ?? 0, page.limit + 1);
  const items = rows.slice(0, page.limit).map((each) => int(each, 0));
  const last = items.at(-1);
  return rows.length > page.limit && last !== undefined ? { items, next: last } : { items };
}

export function markError(tx: Tx, fingerprint: string, status: ErrorStatus): ErrorGroup | undefined {
  const row = find(tx, fingerprint);
  if (row === undefined) return undefined;
  const id = int(row, 0);
  tx.sql.named("errors.mark").run(status, id);
  if (status === "resolved") {
    tx.sql.named("errors.letGo").run(id);
    tx.sql.named("errors.noneWaiting").run(id);
  }
  return getError(tx, fingerprint);
}

function find(tx: Tx, fingerprint: string): Row | undefined {
  tx.errors.write();
  return tx.sql.named("errors.get").get(fingerprint);
}

function toGroup(tx: Tx, row: Row): ErrorGroup {
  const userId = textOrNull(row, 2);
  const frame = textOrNull(row, 6);
  return {
    fingerprint: text(row, 1),
    type: text(row, 3),
    code: text(row, 4),
    message: text(row, 5),
    status: oneOf(errorStatuses, text(row, 7)),
    count: int(row, 8),
    waiting: int(row, 9),
    firstSeenMs: int(row, 10),
    lastSeenMs: int(row, 11),
    sampleRunKeys: tx.sql
      .named("errors.samples")
      .all(int(row, 0))
      .map((sample) => int(sample, 0)),
    ...(userId === null ? {} : { userId }),
    ...(frame === null ? {} : { frame }),
  };
}
