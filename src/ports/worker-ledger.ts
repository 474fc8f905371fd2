// The ledger's verbs on workers, their leases and executors, on queues, and on roles.

import type { Key } from "../domain/ids.ts";
import type { CancelRequest } from "../domain/run.ts";
import type { ExecutorInfo } from "./executor.ts";

/** How long a worker is believed to live after its last beat reached the ledger (SEM 11). */
export const leaseMs = 30_000;
export const leaseRenewalMs = 10_000;

export interface NewWorker {
  readonly name: string;
  readonly pid: number;
  /** `"*"` stands for all there are and will be. */
  readonly queues: readonly string[];
  readonly concurrency: number;
  readonly executors: readonly ExecutorInfo[];
}

export interface WorkerRow {
  readonly key: Key;
  readonly name: string;
  readonly pid: number;
  readonly queues: readonly string[];
  readonly types: readonly string[];
  readonly concurrency: number;
  readonly running: number;
  readonly startedAtMs: number;
  readonly leaseUntilMs: number;
  readonly status: "live" | "draining" | "gone";
}

export interface Beat {
  readonly workerKey: Key;
  /** Claims this worker knows of. */
  readonly running: readonly { readonly runKey: Key; readonly claim: number }[];
  /** Slots held by code that was given up and has not returned; told by `explain`, decides nothing. @default 0 */
  readonly abandonedSlots?: number;
}

export interface BeatReply {
  /** False: the lease was judged lost; the worker must stop what it does and register anew. */
  readonly alive: boolean;
  readonly cancel: readonly {
    readonly runKey: Key;
    readonly claim: number;
    readonly request: CancelRequest;
  }[];
  readonly pause: readonly Key[];
  readonly resume: readonly Key[];
  /** Claims the worker named that are no longer its: their code should be aborted. */
  readonly lost: readonly Key[];
  /** Claims the ledger gives to this worker that it did not name; they were given back (`interrupt`). */
  readonly givenBack: readonly Key[];
}

export interface QueueConfig {
  readonly concurrency?: number;
  readonly keyConcurrency?: number;
  readonly rateLimit?: { readonly limit: number; readonly perMs: number };
}

export interface QueueRow extends QueueConfig {
  readonly name: string;
  readonly pausedBy?: { readonly actor: string; readonly reason?: string; readonly mode: "pause" | "drain" };
  /** Claimable now. */
  readonly ready: number;
  /** Live but not claimable: delayed, retrying, waiting, blocked, paused, held by a limit. */
  readonly held: number;
  readonly running: number;
}

export interface RecoveredRuns {
  readonly repeated: number;
  readonly failed: number;
  readonly cancelled: number;
}

export interface WorkerLedger {
  /** Gives the worker a key that is never used again, publishes its executors, frees runs that waited for its types. */
  register(worker: NewWorker, nowMs: number): Promise<Key>;
  /** Renews the lease and tells what the worker should know; once a second. */
  beat(beat: Beat, nowMs: number): Promise<BeatReply>;
  /** The worker takes no more; what it still holds is given back as interrupted. */
  leave(workerKey: Key, nowMs: number): Promise<void>;
  /**
   * Gives on the claims of workers whose lease ended before `judgedMs`, as their executors state (SEM 10). With
   * `exceptWorker`: of every other worker at once; for the process that just got the lock of a SQLite file.
   */
  recover(
    options: { readonly judgedMs: number; readonly exceptWorker?: Key },
    nowMs: number,
  ): Promise<RecoveredRuns>;
  workers(nowMs: number): Promise<readonly WorkerRow[]>;
  executors(): Promise<readonly (ExecutorInfo & { readonly liveWorkers: number })[]>;
  executor(type: string): Promise<ExecutorInfo | undefined>;
  queues(): Promise<readonly QueueRow[]>;
  queue(name: string): Promise<QueueRow | undefined>;
  configureQueue(name: string, config: QueueConfig, nowMs: number): Promise<QueueRow>;
  pauseQueue(
    name: string,
    by: { readonly actor: string; readonly reason?: string; readonly mode: "pause" | "drain" },
    nowMs: number,
  ): Promise<QueueRow>;
  resumeQueue(name: string, nowMs: number): Promise<QueueRow>;
  /** Takes or renews a role lease of 5 s; true when this holder has it (SEM 22). */
  takeRole(role: string, holder: Key, nowMs: number): Promise<boolean>;
}
