// The ledger's verbs on the audit: who did what, when, from where, and what came of it. Never a payload, never a secret.

import type { Key } from "../domain/ids.ts";
import type { Page, PageRequest } from "./page.ts";

export interface AuditEntry {
  readonly atMs: number;
  readonly actor: string;
  /** The API key the caller came in with. */
  readonly apiKey?: Key;
  readonly operation: string;
  /** Id or name of what it was done to, as text. */
  readonly target?: string;
  /** `ok`, or the code of the refusal. */
  readonly outcome: string;
  readonly requestId?: string;
  readonly address?: string;
}

export interface AuditRow extends AuditEntry {
  /** Sortable by time; unique. */
  readonly key: Key;
}

export interface AuditQuery extends PageRequest {
  readonly actor?: string;
  readonly operation?: string;
  readonly target?: string;
  readonly outcome?: string;
  readonly fromMs?: number;
  readonly untilMs?: number;
}

export interface AuditLedger {
  record(entry: AuditEntry): Promise<void>;
  /** Newest first. */
  list(query: AuditQuery): Promise<Page<AuditRow>>;
}
