// The ledger's verbs on tasks, their schedules and occurrences.

import type { Key } from "../domain/ids.ts";
import type { Decision, DecisionReason, Occurrence } from "../domain/occurrence.ts";
import type { CancelRequest } from "../domain/run.ts";
import type { RunStatus } from "../domain/run-state.ts";
import type { PausedBy, Task, TaskDefinition } from "../domain/task.ts";
import type { TaskStatus } from "../domain/task-state.ts";
import type { Page, PageRequest } from "./page.ts";
import type { ClaimedRun, SlotOffer } from "./run-ledger.ts";

export interface NewTask {
  /** From {@link TaskLedger.reserveKeys}. */
  readonly key: Key;
  readonly definition: TaskDefinition;
  readonly status: "active" | "paused";
  readonly pausedBy?: PausedBy;
  readonly anchorMs: number;
  readonly decidedThroughMs: number;
  readonly nextFireAtMs?: number;
}

export type TaskReply =
  | { readonly ok: true; readonly task: Task }
  /** `externalId` is taken for this owner, by `key`. */
  | { readonly ok: false; readonly error: "ALREADY_EXISTS"; readonly key: Key }
  /** `key` names a task, or a dependency, that does not exist. */
  | { readonly ok: false; readonly error: "NOT_FOUND"; readonly key: Key }
  | { readonly ok: false; readonly error: "DEPENDENCY_CYCLE"; readonly cycle: readonly Key[] }
  | { readonly ok: false; readonly error: "REVISION_MISMATCH"; readonly revision: number }
  | { readonly ok: false; readonly error: "ILLEGAL_TRANSITION"; readonly status: TaskStatus };

export interface TaskEdit {
  readonly key: Key;
  /** Refuses unless the task still has this revision. */
  readonly expectedRevision: number;
  readonly definition: TaskDefinition;
  /** Given when the trigger changed: the grid is anchored anew and a completed task becomes active again (SEM 5). */
  readonly schedule?: {
    readonly anchorMs: number;
    readonly decidedThroughMs: number;
    readonly nextFireAtMs?: number;
  };
}

/** What to write for one instant, or for a stretch of them that starts nothing. `started` means: wants to start. */
export interface NewOccurrence {
  readonly scheduledForMs: number;
  readonly untilMs?: number;
  readonly count?: number;
  readonly dueAtMs: number;
  readonly decision: Decision;
  readonly reason?: DecisionReason;
  readonly intoMs?: number;
  /** The concurrency key of the run it starts. */
  readonly concurrencyKey?: string;
  /** The dedup key of the run it starts; one that is taken makes it `coalesced` into that run (SEM 29). */
  readonly dedupKey?: string;
}

/**
 * Moves one task's cursor: written whole or not at all, by compare-and-set on cursor, revision and `active`
 * (SEM 13). The ledger judges `overlap`, `maxRuns` and dependencies inside the transaction.
 */
export interface Firing {
  readonly taskKey: Key;
  readonly revision: number;
  readonly decidedFromMs: number;
  readonly decidedThroughMs: number;
  /** Absent: no instant is left. */
  readonly nextFireAtMs?: number;
  /** Oldest first. */
  readonly occurrences: readonly NewOccurrence[];
  /** Misfire `all`: its runs start one after another, whatever `overlap` says (SEM 14). */
  readonly inOrder?: boolean;
  /** A fixed-delay trigger has come to its end: nothing follows from the end of a run any more. */
  readonly isOver?: boolean;
}

export type FiringReply =
  | { readonly ok: true; readonly started: readonly Key[]; readonly claimed: readonly ClaimedRun[] }
  /** Somebody else moved the cursor, edited, paused or ended the task: read it again. */
  | { readonly ok: false };

/** A definition a task had. */
export interface TaskRevision {
  readonly revision: number;
  readonly definition: TaskDefinition;
  readonly createdAtMs: number;
}

/** A task whose next instant comes due, as the scheduler needs it. */
export interface DueTask {
  readonly task: Task;
  readonly nextFireAtMs: number;
}

export interface TaskQuery extends PageRequest {
  readonly userId?: string;
  readonly conversationId?: string;
  readonly status?: readonly TaskStatus[];
  readonly type?: readonly string[];
  readonly priority?: readonly number[];
  readonly tag?: readonly string[];
  /** Part of the name or description, case-insensitive. */
  readonly text?: string;
}

export interface TaskSummary {
  readonly lastRun?: {
    readonly key: Key;
    readonly status: RunStatus;
    readonly finishedAtMs?: number;
    readonly dueAtMs: number;
  };
  /** Runs of the task that are `running` or `cancelling`. */
  readonly running: number;
  /** Runs of the task that have not ended. */
  readonly live: number;
}

/** What goes with the end of a task, in its transaction. */
export interface TaskEndTerms {
  /** Refuses unless the task still has this revision. */
  readonly expectedRevision?: number;
  /** Asks its live runs to stop, so that nothing the task held starts in between. @default they go on */
  readonly stopRuns?: CancelRequest;
}

/** Tasks that are not deleted, and what their schedules did and will do (S1.77). */
export interface TaskCounts {
  readonly byStatus: Readonly<Record<TaskStatus, number>>;
  /** Of these, the ones whose runs a clock starts: their trigger is neither `manual` nor `immediate`. */
  readonly timed: Readonly<Record<TaskStatus, number>>;
  /** Runs that the instants of `timed` tasks have started. */
  readonly started: number;
  /** Active `timed` tasks whose next instant is known, and the earliest of those instants. */
  readonly upcoming: number;
  readonly nextFireAtMs?: number;
}
/** All of them, in order, or none because of the first that was refused. */
export type CreateTogetherReply =
  | { readonly ok: true; readonly tasks: readonly Task[] }
  | { readonly ok: false; readonly index: number; readonly refusal: Extract<TaskReply, { ok: false }> };

export interface TaskLedger {
  /** Reserves keys for new tasks and returns the first of `count` consecutive ones. */
  reserveKeys(nowMs: number, count: number): Key;
  /** Each task is stored or refused by itself. Dependencies must exist and close no cycle. */
  create(tasks: readonly NewTask[], nowMs: number): Promise<readonly TaskReply[]>;
  /** Stores all these tasks or, when one of them is refused, none. */
  createTogether(tasks: readonly NewTask[], nowMs: number): Promise<CreateTogetherReply>;
  get(key: Key): Promise<Task | undefined>;
  findByExternalId(userId: string | undefined, externalId: string): Promise<Task | undefined>;
  /** The definition a run pinned. */
  definitionAt(key: Key, revision: number): Promise<TaskDefinition | undefined>;
  /** Every definition the task had, newest first; `after` is a revision. */
  revisions(key: Key, page: PageRequest): Promise<Page<TaskRevision>>;
  summary(key: Key): Promise<TaskSummary>;
  /** Newest first. Deleted tasks are not listed. */
  list(query: TaskQuery): Promise<Page<Task>>;
  /** Of all tasks, at a cost that does not grow with them; or of one user's. */
  counts(filter?: { readonly userId?: string }): Promise<TaskCounts>;
  edit(edit: TaskEdit, nowMs: number): Promise<TaskReply>;
  /** Stops the cursor; nothing is decided while paused (SEM 5). Pausing again replaces what it names of reason and resumeAt. */
  pause(key: Key, by: PausedBy, nowMs: number): Promise<TaskReply>;
  /** `firing` holds the decisions for the instants of the pause; a stale one answers REVISION_MISMATCH: compute again. */
  resume(key: Key, firing: Firing | undefined, nowMs: number): Promise<TaskReply>;
  /** Ends the schedule for good. */
  cancel(key: Key, nowMs: number, terms?: TaskEndTerms): Promise<TaskReply>;
  /** Hides the task and frees its externalId; runs stay readable (SEM 18). */
  remove(key: Key, nowMs: number, terms?: TaskEndTerms): Promise<TaskReply>;
  /** Active tasks whose `nextFireAtMs` is at most `untilMs`, soonest first. */
  due(untilMs: number, limit: number): Promise<readonly DueTask[]>;
  /** The earliest moment of all schedules: a `nextFireAtMs`, or the end of a pause that ends by itself. */
  nextFireAt(): Promise<number | undefined>;
  /** Applies each firing or refuses it as stale. Runs that are due at once may be handed to `offer` already claimed. */
  fire(firings: readonly Firing[], nowMs: number, offer?: SlotOffer): Promise<readonly FiringReply[]>;
  /** Active fixed-delay tasks that have neither a live run nor a `nextFireAtMs` (SEM 17); the reconciler mends them. */
  strandedFixedDelay(limit: number): Promise<readonly Task[]>;
  /** Paused tasks whose `resumeAtMs` has come. */
  dueToResume(nowMs: number, limit: number): Promise<readonly Task[]>;
  /** Newest first; rows of equal decisions are not expanded. `after` is a `scheduledForMs`. */
  occurrences(key: Key, page: PageRequest): Promise<Page<Occurrence>>;
}
