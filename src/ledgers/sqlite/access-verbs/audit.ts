// The audit: rows in order of time, listed newest first by whatever index is narrowest.

import { firstKeyAt, KeyGenerator, keyTimeMs } from "../../../domain/ids.ts";
import type { AuditEntry, AuditQuery, AuditRow } from "../../../ports/audit-ledger.ts";
import type { Page } from "../../../ports/page.ts";
import { firstInt, int, intOrNull, text, textOrNull, type Row, type SqlValue } from "../row.ts";
import type { Tx } from "../state/tx.ts";

export function recordAudit(tx: Tx, entry: AuditEntry): void {
  const key = new KeyGenerator(firstInt(tx.sql.named("access.lastAudit").get())).take(entry.atMs);
  const { actor, apiKey, operation, target, outcome, requestId, address } = entry;
  tx.sql
    .named("access.insertAudit")
    .run(key, actor, apiKey ?? null, operation, target ?? null, outcome, requestId ?? null, address ?? null);
}

export function listAudit(tx: Tx, query: AuditQuery): Page<AuditRow> {
  const { sql, values } = auditListQuery(query);
  const rows = tx.sql.built(sql).all(...values, query.limit + 1);
  const items = rows.slice(0, query.limit).map(toRow);
  const last = items.at(-1);
  return rows.length > query.limit && last !== undefined ? { items, next: last.key } : { items };
}

/** The statement of a list; its shape depends only on which filters are given, so there are few. */
export function auditListQuery(query: AuditQuery): {
  readonly sql: string;
  readonly values: readonly SqlValue[];
} {
  const { after = Number.MAX_SAFE_INTEGER, fromMs, untilMs } = query;
  const below = untilMs === undefined ? after : Math.min(after, firstKeyAt(untilMs));
  const conditions = ["key < ?", "key >= ?"];
  const values: SqlValue[] = [below, firstKeyAt(fromMs ?? 0)];
  for (const column of ["actor", "operation", "target", "outcome"] as const) {
    const wanted = query[column];
    if (wanted === undefined) continue;
    conditions.push(`${column} = ?`);
    values.push(wanted);
  }
  const columns = "key, actor, api_key, operation, target, outcome, request_id, address";
  return {
    sql: `select ${columns} from audit where ${conditions.join(" and ")} order by key desc limit ?`,
    values,
  };
}

function toRow(row: Row): AuditRow {
  const key = int(row, 0);
  const [apiKey, target] = [intOrNull(row, 2), textOrNull(row, 4)];
  const [requestId, address] = [textOrNull(row, 6), textOrNull(row, 7)];
  return {
    key,
    atMs: keyTimeMs(key),
    actor: text(row, 1),
    ...(apiKey === null ? {} : { apiKey }),
    operation: text(row, 3),
    ...(target === null ? {} : { target }),
    outcome: text(row, 5),
    ...(requestId === null ? {} : { requestId }),
    ...(address === null ? {} : { address }),
  };
}
