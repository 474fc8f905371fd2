// Sessions: opened with a key, found by the digest of their token, over at their end or when they are closed.

import type { ApiKey, NewSession } from "../../../ports/access-ledger.ts";
import { int } from "../row.ts";
import type { Tx } from "../state/tx.ts";
import { getKey } from "./keys.ts";

export function openSession(tx: Tx, { digest, key, expiresAtMs }: NewSession, nowMs: number): void {
  tx.sql.named("access.insertSession").run(digest, key, nowMs, expiresAtMs);
}

export function findSession(tx: Tx, digest: string, nowMs: number): ApiKey | undefined {
  const row = tx.sql.named("access.session").get(digest, nowMs);
  return row === undefined ? undefined : getKey(tx, int(row, 0));
}

export function closeSession(tx: Tx, digest: string): void {
  tx.sql.named("access.deleteSession").run(digest);
}
