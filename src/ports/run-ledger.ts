// The ledger's verbs on runs: adding, claiming, settling, and everything in between.

import type { Key } from "../domain/ids.ts";
import type { RunHistoryEvent } from "../domain/event.ts";
import type { Json } from "../domain/json.ts";
import type { Limits } from "../domain/limits.ts";
import type { Question, RunError } from "../domain/outcome.ts";
import type { Attempt, CancelRequest, Run, RunCounters, StartedBy } from "../domain/run.ts";
import type { RunStatus } from "../domain/run-state.ts";
import type { OverlapPolicy, PausedBy, TaskDefinition } from "../domain/task.ts";
import type { LogLevel, StepRecord } from "./executor.ts";
import type { ListRequest, Page, PageRequest } from "./page.ts";

/** Free slots a worker holds open while it asks, so that a run can be stored as already claimed: one commit, not two. */
export interface SlotOffer {
  readonly workerKey: Key;
  readonly queues: readonly string[];
  readonly types: readonly string[];
  readonly slots: number;
}

export interface NewRun {
  readonly taskKey: Key;
  /** The revision its params were checked against; another one answers STALE_REVISION and the caller checks again. */
  readonly revision: number;
  /** JSON text; absent: the task's own params. */
  readonly params?: string;
  readonly dueAtMs: number;
  readonly startedBy: StartedBy;
  readonly priority?: number;
  readonly concurrencyKey?: string;
  readonly expireAtMs?: number;
  readonly deadlineAtMs?: number;
  /** Instead of the task's own policy, for this run. */
  readonly overlap?: OverlapPolicy;
  /** Runs although the task is paused. */
  readonly force?: boolean;
  readonly retryOf?: Key;
  /** Refused when `retryOf` has been retried before, whatever became of that. */
  readonly onlyOnce?: boolean;
  readonly scheduledForMs?: number;
}

export type AddReply =
  | { readonly ok: true; readonly runKey: Key; readonly status: RunStatus; readonly claimed?: ClaimedRun }
  | { readonly ok: false; readonly error: "NOT_FOUND" | "TASK_PAUSED" | "STALE_REVISION" | "TASK_CANCELLED" }
  /** `runKey` is the live run in the way. */
  | { readonly ok: false; readonly error: "OVERLAP"; readonly runKey: Key }
  /** `runKey` is the retry there is. */
  | { readonly ok: false; readonly error: "ALREADY_RETRIED"; readonly runKey: Key };

export interface ClaimRequest {
  readonly workerKey: Key;
  readonly queue: string;
  /** Types this worker has; runs of others are left. */
  readonly types: readonly string[];
  /** 1–1000. */
  readonly limit: number;
  /** Only these (a delivery that names runs); absent: what is at the head. */
  readonly runKeys?: readonly Key[];
}

/** A run in the hands of a worker. Everything its execution needs; nothing else has to be read. */
export interface ClaimedRun extends RunCounters {
  readonly key: Key;
  readonly taskKey: Key;
  readonly revision: number;
  /** JSON text; absent: the definition's params. */
  readonly params?: string;
  readonly dueAtMs: number;
  readonly scheduledForMs?: number;
  readonly claimedAtMs: number;
  /** First start of the run, for its duration. */
  readonly startedAtMs: number;
  readonly deadlineAtMs?: number;
  /** Present when resuming after the last failure gave it more attempts than its definition has. */
  readonly maxAttempts?: number;
  /** JSON text of what the run kept when it suspended itself, with what it waited for: a `Resumed`. */
  readonly resumed?: string;
  /** Set when the claim is only to tell remote work to stop (SEM 9). */
  readonly purpose?: "cancel";
  /** The pinned definition; one shared object for all runs of a reply with the same task and revision. */
  readonly definition: TaskDefinition;
}

export interface ClaimReply {
  /** In order of place. */
  readonly runs: readonly ClaimedRun[];
  /** The head may hold more that this worker could take. */
  readonly more: boolean;
  /** A rate limit holds the rest back until then. */
  readonly retryAtMs?: number;
}

/** What became of a claim. The ledger turns it into a state by the run's table: a cancel may have come in between. */
export type Settlement = {
  readonly runKey: Key;
  readonly claim: number;
  readonly version: number;
  readonly endedAtMs: number;
} & (
  | {
      readonly kind: "end";
      readonly status: "completed" | "failed" | "timed_out" | "cancelled";
      /** JSON text of the envelope without `success` and `duration`, which follow from status and times; absent: empty. */
      readonly result?: string;
      /** Code was abandoned and may still be at work. */
      readonly stateOnly?: boolean;
      /** A failure counts as an attempt; a cancel does not. */
      readonly errorCode?: string;
    }
  | {
      readonly kind: "retry";
      readonly dueAtMs: number;
      readonly error: RunError;
      /** The attempt ended by its timeout. */
      readonly isTimeout?: boolean;
    }
  | { readonly kind: "pause-exhausted"; readonly error: RunError; readonly isTimeout?: boolean }
  | { readonly kind: "snooze"; readonly dueAtMs: number; readonly reason?: string }
  | {
      readonly kind: "suspend";
      readonly dueAtMs?: number;
      /** `dueAtMs` was given as an instant: a pause does not move it (SEM 12). */
      readonly dueIsInstant?: boolean;
      readonly answerByMs?: number;
      readonly state: Json;
      readonly question?: Question;
      readonly signal?: string;
    }
  | { readonly kind: "interrupt"; readonly reason: "shutdown" | "worker-lost" }
);

export type SettleReply =
  | { readonly ok: true; readonly status: RunStatus }
  /** The claim is no longer the run's: nothing was changed but a note that a result was discarded. */
  | { readonly ok: false };

/** What a claim appends while it runs; refused as a whole when the claim is over. */
export interface RunAppend {
  readonly runKey: Key;
  readonly claim: number;
  readonly progress?: Json;
  readonly logs?: readonly {
    readonly atMs: number;
    readonly level: LogLevel;
    readonly message: string;
    readonly fields?: Json;
  }[];
  readonly output?: readonly Json[];
}

export type AppendLimits = Pick<Limits, "logBytes" | "outputBytes">;

export interface LogEntry {
  readonly index: number;
  readonly atMs: number;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields?: Json;
  readonly claim: number;
}

export interface OutputEntry {
  readonly index: number;
  readonly chunk: Json;
}

export type RunReply =
  | {
      readonly ok: true;
      readonly run: Run;
      /** False when nothing had to change. */ readonly changed: boolean;
    }
  | { readonly ok: false; readonly error: "NOT_FOUND" }
  | { readonly ok: false; readonly error: "ILLEGAL_TRANSITION" | "NOT_PAUSABLE"; readonly status: RunStatus };

export interface RunQuery extends ListRequest {
  readonly taskKey?: Key;
  readonly parentKey?: Key;
  readonly userId?: string;
  readonly conversationId?: string;
  readonly status?: readonly RunStatus[];
  readonly type?: readonly string[];
  readonly queue?: string;
  readonly createdFromMs?: number;
  readonly createdUntilMs?: number;
}

/** Counts over every state (C32), of all tasks or of one user's. */
export interface RunCounts {
  readonly byStatus: Readonly<Record<RunStatus, number>>;
}

/** Facts about a live run from which `explain` makes its ordered causes. */
export interface RunFacts {
  readonly run: Run;
  readonly taskStatus: string;
  readonly queuePaused: boolean;
  /** Runs ahead of it in its queue; counted up to 10,000. */
  readonly ahead: number;
  readonly blockedBy: readonly {
    readonly taskKey: Key;
    readonly runKey?: Key;
    readonly status?: RunStatus;
  }[];
  /** Live workers of its queue, and how many of them have its type. */
  readonly workers: number;
  readonly workersWithType: number;
  /** Of the workers with its type: slots in all, those of claimed runs, and those of code that outlived its claim. */
  readonly slots: { readonly all: number; readonly claimed: number; readonly abandoned: number };
  /** Of a retrying run: the attempt that failed. */
  readonly lastAttempt?: Attempt;
  readonly queueRunning: number;
  readonly queueLimit?: number;
  /**
   * Of a run that could start but was at work at two deaths of its process: the other such run that is at work, whose
   * end it waits for.
   */
  readonly suspectAtWork?: Key;
}

export interface RunLedger {
  /** Stores runs: whole or refused, each by itself. Overlap is judged here, with the task locked (SEM 2). */
  add(runs: readonly NewRun[], nowMs: number, offer?: SlotOffer): Promise<readonly AddReply[]>;
  /**
   * Takes runs that may start now and gives them to this worker; a run is never given to two.
   *
   * Order is by place, keys in turn. Paused queues and tasks, limits, rates and types are checked in the same
   * transaction; what is refused stays `pending` and costs later claims nothing.
   */
  claim(request: ClaimRequest, nowMs: number): Promise<ClaimReply>;
  /**
   * Ends claims. In the same transaction: dependents are released, the next fixed-delay instant is set, waiting
   * (overlap, limits) runs are let go, a task without further instants is completed.
   */
  settle(settlements: readonly Settlement[], nowMs: number): Promise<readonly SettleReply[]>;
  /**
   * Progress, logs and output of claims; each refused by itself when its claim is over. A run's log, and its output, is
   * cut where it outgrows `limits` (bytes), with a mark (SEM 36).
   *
   * @param limits - @default `defaultLimits`
   */
  append(appends: readonly RunAppend[], nowMs: number, limits?: AppendLimits): Promise<readonly boolean[]>;
  /** Keeps a step's result under the claim; false when the claim is over. */
  saveStep(runKey: Key, claim: number, step: StepRecord, nowMs: number): Promise<boolean>;
  steps(runKey: Key): Promise<readonly StepRecord[]>;
  /** Asks live runs to stop (SEM 9): what holds nothing ends at once, the rest becomes `cancelling`. */
  cancel(
    target: { readonly runKeys: readonly Key[] } | { readonly taskKey: Key },
    request: CancelRequest,
    nowMs: number,
  ): Promise<readonly RunReply[]>;
  /**
   * Pauses a run that is not running at once; for a running one it notes the wish, and the worker confirms with
   * {@link confirmPause}. A paused one takes what is named anew of reason and resumeAt. `pausable: false` (the executor cannot) answers NOT_PAUSABLE for a running run.
   */
  pause(runKey: Key, by: PausedBy, pausable: boolean, nowMs: number): Promise<RunReply>;
  /** The worker says that the code stands still (checkpoint, stopped process); false when the claim is over. */
  confirmPause(
    runKey: Key,
    claim: number,
    timeoutLeftMs: number | undefined,
    nowMs: number,
  ): Promise<boolean>;
  /** Puts a paused run back where it was, its relative clocks given back (SEM 12). */
  resume(runKey: Key, nowMs: number): Promise<RunReply>;
  /** Answers the question, or delivers the named signal, of a waiting run. */
  answer(
    runKey: Key,
    answer: { readonly answer: Json } | { readonly signal: string; readonly payload: Json },
    nowMs: number,
  ): Promise<RunReply>;
  /**
   * Does what has come due by `nowMs`: lets delayed, retrying and waiting runs go on, ends expired ones, ends or
   * stops those past their deadline, resumes paused ones whose time came. Returns the earliest timer left.
   *
   * Timers of the runs in `except` are left alone and not told of. When what one timer calls for cannot be written,
   * nothing of the call is: the error's `details.runKey` names its run where it is known, as it always is with a
   * `limit` of 1.
   */
  releaseDue(
    nowMs: number,
    limit: number,
    except?: readonly Key[],
  ): Promise<{ readonly released: number; readonly nextTimerAtMs?: number }>;
  get(key: Key): Promise<Run | undefined>;
  /**
   * In order of creation, stable while runs are added, change and go. Where no index leads to what is asked for, a page
   * may be short, or empty, and still have a `next`: a bounded number of runs is looked at for each.
   */
  list(query: RunQuery): Promise<Page<Run>>;
  /** The keys of what {@link list} would give; `limit` may be up to 10,000. */
  listKeys(query: RunQuery): Promise<Page<Key>>;
  counts(filter?: { readonly taskKey?: Key; readonly userId?: string }): Promise<RunCounts>;
  facts(key: Key): Promise<RunFacts | undefined>;
  history(key: Key): Promise<readonly RunHistoryEvent[]>;
  attempts(key: Key): Promise<readonly Attempt[]>;
  logs(key: Key, page: PageRequest): Promise<Page<LogEntry>>;
  output(key: Key, page: PageRequest): Promise<Page<OutputEntry>>;
}
