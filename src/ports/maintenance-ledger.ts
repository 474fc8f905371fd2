// The ledger's verbs for keeping house.

import type { Retention } from "../domain/task.ts";

export interface SweepReply {
  readonly runs: number;
  readonly occurrences: number;
  readonly events: number;
  /** Not everything that may go has gone. */
  readonly more: boolean;
}

export interface MaintenanceLedger {
  /**
   * Deletes at most `limit` ended runs whose retention is over (with all that hangs on them), old occurrences and old
   * events. Never a run that a live object refers to, nor a task's newest ended run (SEM 16).
   */
  sweep(defaults: Required<Retention>, limit: number, nowMs: number): Promise<SweepReply>;
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
