// The ledger: the truth about what was asked and what happened, behind small ports by noun.

import type { AccessLedger } from "./access-ledger.ts";
import type { AuditLedger } from "./audit-ledger.ts";
import type { CallLedger } from "./call-ledger.ts";
import type { BackfillLedger } from "./backfill-ledger.ts";
import type { ErrorLedger } from "./error-ledger.ts";
import type { FeedLedger } from "./feed-ledger.ts";
import type { MaintenanceLedger } from "./maintenance-ledger.ts";
import type { RunLedger } from "./run-ledger.ts";
import type { TaskLedger } from "./task-ledger.ts";
import type { WorkerLedger } from "./worker-ledger.ts";
import type { Key } from "../domain/ids.ts";
import type { RotaEvent } from "../domain/event.ts";

/** What an implementation can do beyond the contract; the engine asks here and never for a name. */
export interface LedgerCapabilities {
  /** Claiming "what is at the head" is as cheap as claiming by id, so deliveries need not name runs. */
  readonly claimsFromHead: boolean;
  /** Several processes may use it at once. */
  readonly sharedByProcesses: boolean;
}

/** What belongs to one ledger and travels with its export. */
export interface LedgerIdentity {
  readonly ledgerId: string;
  /** Seed of the text ids; see `domain/ids.ts`. */
  readonly idSeed: number;
}

/** What a commit changed that somebody may be waiting for; told after the commit, in commit order. */
export interface CommitNote {
  /** Queues that got a claimable run, or whose limit got room. */
  readonly runnableQueues: readonly string[];
  /**
   * The earliest `nextFireAtMs`, or end of a task's pause, that this commit wrote; without those of `tasks.fire`, whose
   * caller knows them.
   */
  readonly nextFireAtMs?: number;
  /** The earliest run timer (due, expiry, deadline, answer, resume) this commit wrote. */
  readonly nextTimerAtMs?: number;
  /** Claimed runs that were asked to stop or to pause; their worker should be told. */
  readonly cancelRequested: readonly Key[];
  readonly pauseRequested: readonly Key[];
  readonly resumeRequested: readonly Key[];
  /** Empty unless somebody subscribed with `events: true`. */
  readonly events: readonly RotaEvent[];
}

/**
 * The ledger of one installation.
 *
 * Every verb is one transaction; many waiting verbs may share a commit, none can undo another's, and each promise
 * resolves after the commit that made it durable. Reads see every commit acknowledged before they were asked.
 * Every verb takes `nowMs`: no implementation reads a clock (SEM 23). Verbs return refusals that a caller can meet in
 * normal life as values; they reject with LEDGER_UNAVAILABLE, LEDGER_FULL or OVERLOADED when nothing was changed.
 */
export interface Ledger {
  readonly capabilities: LedgerCapabilities;
  readonly identity: LedgerIdentity;
  readonly tasks: TaskLedger;
  readonly runs: RunLedger;
  readonly workers: WorkerLedger;
  readonly backfills: BackfillLedger;
  readonly errors: ErrorLedger;
  readonly access: AccessLedger;
  readonly audit: AuditLedger;
  readonly calls: CallLedger;
  readonly feed: FeedLedger;
  readonly maintenance: MaintenanceLedger;
  /**
   * Calls `listener` after each commit. With `events: true` notes carry the commit's events, which costs the ledger
   * their packing; without it they are only in the feed.
   */
  onCommit(listener: (note: CommitNote) => void, options?: { readonly events?: boolean }): () => void;
  /** Notes where this process is reached, for those who find the ledger owned (SEM 34). */
  setUrl(url: string): Promise<void>;
  /** Finishes what was asked, then lets go of the database. Idempotent. */
  close(): Promise<void>;
}
