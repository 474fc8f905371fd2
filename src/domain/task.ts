// The task: a definition of what should be done and when.

import type { Dedup } from "./dedup.ts";
import type { Key } from "./ids.ts";
import type { Json, JsonObject } from "./json.ts";
import type { RetryPolicy } from "./retry.ts";
import type { TaskStatus } from "./task-state.ts";
import type { MisfirePolicy, Trigger, Window } from "./trigger/trigger.ts";

/** What happens when a run should start while another run of the task is live (SEM 2). */
export const overlapPolicies = [
  "skip",
  "queue",
  "queue-all",
  "cancel-previous",
  "terminate-previous",
  "allow",
] as const;
export type OverlapPolicy = (typeof overlapPolicies)[number];

export interface Overlap {
  readonly policy: OverlapPolicy;
  /** How many may wait behind the live run under `queue`. @default 1 */
  readonly max: number;
}

/** A run waits for the newest run of `taskKey`; runs older than `withinMs` do not count. */
export interface Dependency {
  readonly taskKey: Key;
  readonly withinMs?: number;
}

export interface ConcurrencyPolicy {
  /** Runs of this task at once. */
  readonly limit?: number;
  /** A literal, or `params.path`: runs that share its value are served in turn with those of other keys. */
  readonly key?: string;
  /** Runs at once for each key. */
  readonly keyLimit?: number;
}

/** Milliseconds that ended runs are kept. */
export interface Retention {
  readonly successMs?: number;
  readonly failureMs?: number;
}

export interface PausedBy {
  readonly actor: string;
  readonly reason?: string;
  readonly resumeAtMs?: number;
}

/**
 * Who holds something that is paused and gets paused again: what the second pause names replaces what the first one
 * named, and what it does not name stays. One that names nothing changes nothing, not even who.
 */
export function pausedAgain<By extends { readonly actor: string }>(before: By, by: By): By {
  const { actor: _actor, ...named } = by;
  const after: By = { ...before, ...by };
  const isNews = Object.keys(named).some((name) => Reflect.get(before, name) !== Reflect.get(after, name));
  return isNews ? after : before;
}

/**
 * A definition as it is stored: every default filled in, every duration in milliseconds. A run pins the revision it
 * was created under; `pause`, `cancel` and limits act live (SEM 15).
 */
export interface TaskDefinition {
  readonly name: string;
  readonly description?: string;
  readonly externalId?: string;
  readonly userId?: string;
  readonly conversationId?: string;
  readonly type: string;
  readonly params: Json;
  readonly trigger: Trigger;
  readonly queue: string;
  readonly priority: number;
  readonly retry: RetryPolicy;
  readonly timeoutMs?: number;
  readonly deadlineMs?: number;
  readonly expireAfterMs?: number;
  readonly overlap: Overlap;
  readonly misfire: MisfirePolicy;
  readonly maxRuns?: number;
  readonly dependsOn: readonly Dependency[];
  readonly onDependencyFailure: "fail" | "skip" | "run";
  /** Where the params decide what a lost worker means, as for `http`; else the executor says it for its type (SEM 10). */
  readonly onInterrupted?: "repeat" | "fail" | "reattach";
  readonly concurrency?: ConcurrencyPolicy;
  /** For every run that is asked for without its own; the key is a literal, or `params.path`. */
  readonly dedup?: Dedup;
  readonly guard?: string;
  readonly windows?: readonly Window[];
  readonly retention?: Retention;
  readonly tags: readonly string[];
  readonly metadata: JsonObject;
}

/** A task as the ledger holds it. */
export interface Task {
  readonly key: Key;
  readonly definition: TaskDefinition;
  readonly status: TaskStatus;
  /** Counts edits of the definition, never firings or pauses; the ETag (SEM 13). */
  readonly revision: number;
  readonly pausedBy?: PausedBy;
  /** Where an interval's grid begins when its trigger names no anchor: creation, or the last edit of the trigger. */
  readonly anchorMs: number;
  /** Every instant up to and including this one is decided; never goes back (SEM 13). */
  readonly decidedThroughMs: number;
  /** When the next undecided instant is due, jitter included; absent when none is left or the task is paused. */
  readonly nextFireAtMs?: number;
  /** While it is paused: what `nextFireAtMs` was, or became by the end of a fixed-delay run. */
  readonly keptFireAtMs?: number;
  /** Occurrences that started a run; bounded by `maxRuns`. */
  readonly startedCount: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export const defaultQueue = "default";
