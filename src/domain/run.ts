// The run: one execution of a task, from its birth to its end.

import type { Key } from "./ids.ts";
import type { Json } from "./json.ts";
import type { Question, Result } from "./outcome.ts";
import type { LiveStatus, RunStatus } from "./run-state.ts";
import type { PausedBy } from "./task.ts";

/** What made a run begin. */
export const startKinds = ["schedule", "trigger", "retry", "backfill", "parent"] as const;
export type StartKind = (typeof startKinds)[number];

/** Who acts from the embedding process itself, or from the machine's own loopback address. */
export const localActor = "local";

export interface StartedBy {
  readonly kind: StartKind;
  readonly actor?: string;
  readonly id?: string;
}

export const cancelCauses = ["user", "timeout", "overlap", "parent", "dependency", "shutdown"] as const;
export type CancelCause = (typeof cancelCauses)[number];

export interface CancelRequest {
  readonly cause: CancelCause;
  readonly actor: string;
  readonly reason?: string;
  readonly requestedAtMs: number;
  /** Milliseconds between the abort signal and force. @default 30,000 */
  readonly graceMs: number;
  /** Set when code was abandoned: an inline executor ignored its signal and may still be at work. */
  readonly stateOnly?: boolean;
}

/** How often a run was taken, failed, lost and interrupted; each counted apart (SEM 1). */
export interface RunCounters {
  /** Takings by a worker; the fencing token of every write. 0 before the first. */
  readonly claim: number;
  /** Tries that count against `maxAttempts`; the number of the present or last one. 0 before the first. */
  readonly attempt: number;
  readonly recoveries: number;
  readonly interruptions: number;
  /** Events of this run so far: the `seq` of its newest event. */
  readonly version: number;
}

/** A run as the ledger holds it. */
export interface Run extends RunCounters {
  readonly key: Key;
  readonly taskKey: Key;
  /** The revision of the definition this run pins. */
  readonly revision: number;
  readonly type: string;
  readonly queue: string;
  readonly priority: number;
  readonly status: RunStatus;
  readonly params: Json;
  readonly userId?: string;
  readonly conversationId?: string;
  /** The nominal instant; absent for a run that no occurrence started. */
  readonly scheduledForMs?: number;
  readonly dueAtMs: number;
  readonly maxAttempts: number;
  readonly concurrencyKey?: string;
  readonly expireAtMs?: number;
  readonly deadlineAtMs?: number;
  readonly startedBy: StartedBy;
  readonly retryOf?: Key;
  readonly backfillKey?: Key;
  readonly parentKey?: Key;
  readonly stepId?: string;
  readonly workerId?: string;
  readonly createdAtMs: number;
  readonly startedAtMs?: number;
  readonly finishedAtMs?: number;
  readonly result?: Result;
  readonly progress?: Json;
  readonly cancel?: CancelRequest;
  readonly pausedBy?: PausedBy;
  readonly pausedFrom?: LiveStatus;
  readonly question?: Question;
  /** When a pending, retrying or waiting run may go on. */
  readonly resumeAtMs?: number;
  /** Why a pending run is held off the queue, for example `task-limit` (see `explain`). */
  readonly heldBy?: string;
}

/** One claim of a run, as `GET /runs/{id}/attempts` shows it. */
export interface Attempt {
  readonly claim: number;
  readonly attempt: number;
  readonly workerId: string;
  readonly startedAtMs: number;
  readonly endedAtMs?: number;
  readonly endedBy?: string;
  readonly error?: Result["error"];
}
