// The ledger's verbs for keeping house.

import type { Retention } from "../domain/task.ts";

/** How long things are kept, in milliseconds. */
export interface KeptFor extends Required<Retention> {
  /** Of the audit. @default for ever */
  readonly auditMs?: number;
}

export interface SweepReply {
  readonly runs: number;
  readonly occurrences: number;
  readonly events: number;
  /** Rows of the audit. */
  readonly audit: number;
  /** Not everything that may go has gone. */
  readonly more: boolean;
}

export interface MaintenanceLedger {
  /**
   * Deletes at most `limit` ended runs whose retention is over (with all that hangs on them), old occurrences, old
   * events and old rows of the audit, and what is over: sessions, calls that need no longer be remembered. Never a run that a live object refers to, nor a task's newest ended run (SEM 16).
   */
  sweep(kept: KeptFor, limit: number, nowMs: number): Promise<SweepReply>;
  /** Problems found in the stored data, one sentence each; empty is good. */
  check(): Promise<readonly string[]>;
  /** Writes a consistent copy while work goes on. */
  backup(path: string): Promise<void>;
  /** Bytes on disk, and the schema's version. */
  info(): Promise<{
    readonly bytes: number;
    readonly schemaVersion: number;
    readonly sqliteVersion?: string;
  }>;
}
