// API keys: made, found, listed, used, revoked.

import { KeyGenerator, type Key } from "../../../domain/ids.ts";
import { roles } from "../../../domain/role.ts";
import type { ApiKey, NewApiKey } from "../../../ports/access-ledger.ts";
import type { Page, PageRequest } from "../../../ports/page.ts";
import { firstInt, int, intOrNull, oneOf, text, textOrNull, type Row } from "../row.ts";
import type { Tx } from "../state/tx.ts";

export function createKey(tx: Tx, grant: NewApiKey, nowMs: number): ApiKey {
  const { digest, ...shown } = grant;
  const key = new KeyGenerator(firstInt(tx.sql.named("access.lastKey").get())).take(nowMs);
  tx.sql
    .named("access.insertKey")
    .run(
      key,
      grant.lookup,
      digest,
      grant.name,
      grant.role,
      grant.userId ?? null,
      grant.scopes === undefined ? null : JSON.stringify(grant.scopes),
      nowMs,
      grant.createdBy,
      grant.expiresAtMs ?? null,
    );
  return { key, ...shown, createdAtMs: nowMs };
}

export function getKey(tx: Tx, key: Key): ApiKey | undefined {
  const row = tx.sql.named("access.key").get(key);
  return row === undefined ? undefined : toKey(row);
}

export function findKey(tx: Tx, lookup: string): (ApiKey & { readonly digest: string }) | undefined {
  const row = tx.sql.named("access.keyByLookup").get(lookup);
  return row === undefined ? undefined : { ...toKey(row), digest: text(row, 12) };
}

export function listKeys(tx: Tx, { limit, after = Number.MAX_SAFE_INTEGER }: PageRequest): Page<ApiKey> {
  const rows = tx.sql.named("access.keys").all(after, limit + 1);
  const items = rows.slice(0, limit).map(toKey);
  const last = items.at(-1);
  return rows.length > limit && last !== undefined ? { items, next: last.key } : { items };
}

export function hasUsableKey(tx: Tx, nowMs: number): boolean {
  return tx.sql.named("access.usableKey").get(nowMs) !== undefined;
}

/** The first revocation stands; sessions opened with the key end with it. */
export function revokeKey(tx: Tx, key: Key, actor: string, nowMs: number): ApiKey | undefined {
  tx.sql.named("access.revokeKey").run(nowMs, actor, key);
  tx.sql.named("access.deleteSessionsOf").run(key);
  return getKey(tx, key);
}

export function noteKeyUse(tx: Tx, key: Key, nowMs: number): void {
  tx.sql.named("access.noteUse").run(key, nowMs);
}

function toKey(row: Row): ApiKey {
  const [userId, scopes, revokedBy] = [textOrNull(row, 4), textOrNull(row, 5), textOrNull(row, 10)];
  const [expiresAtMs, revokedAtMs, lastUsedAtMs] = [intOrNull(row, 8), intOrNull(row, 9), intOrNull(row, 11)];
  return {
    key: int(row, 0),
    lookup: text(row, 1),
    name: text(row, 2),
    role: oneOf(roles, text(row, 3)),
    ...(userId === null ? {} : { userId }),
    ...(scopes === null ? {} : { scopes: JSON.parse(scopes) as readonly string[] }), // written from a list of texts only
    createdAtMs: int(row, 6),
    createdBy: text(row, 7),
    ...(expiresAtMs === null ? {} : { expiresAtMs }),
    ...(revokedAtMs === null ? {} : { revokedAtMs }),
    ...(revokedBy === null ? {} : { revokedBy }),
    ...(lastUsedAtMs === null ? {} : { lastUsedAtMs }),
  };
}
