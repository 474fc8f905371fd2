// What a caller says about a task, before defaults are filled in; durations are already milliseconds.

import type { Debounce, Dedup } from "./dedup.ts";
import type { JsonObject, Json } from "./json.ts";
import type { RetryPolicy } from "./retry.ts";
import type { ConcurrencyPolicy, Dependency, Overlap, Retention } from "./task.ts";
import type { MisfirePolicy, Window } from "./trigger/trigger.ts";

/** @see Dedup; the default of `onConflict` is `return-existing` */
export type DedupInput = Omit<Dedup, "onConflict"> & Partial<Pick<Dedup, "onConflict">>;

export interface TaskInput {
  readonly name: string;
  readonly type: string;
  readonly params?: Json;
  /** Checked by `checkTrigger`. @default manual */
  readonly trigger?: unknown;
  readonly description?: string;
  readonly externalId?: string;
  readonly userId?: string;
  readonly conversationId?: string;
  readonly queue?: string;
  readonly priority?: number;
  readonly retry?: Partial<RetryPolicy>;
  readonly timeoutMs?: number;
  readonly deadlineMs?: number;
  readonly expireAfterMs?: number;
  readonly overlap?: Partial<Overlap>;
  readonly misfire?: Partial<MisfirePolicy>;
  readonly maxRuns?: number;
  readonly dependsOn?: readonly Dependency[];
  readonly onDependencyFailure?: "fail" | "skip" | "run";
  readonly concurrency?: ConcurrencyPolicy;
  readonly dedup?: DedupInput;
  readonly windows?: readonly Window[];
  readonly retention?: Retention;
  readonly tags?: readonly string[];
  readonly metadata?: JsonObject;
  /** `paused` creates the task without starting its schedule. @default active */
  readonly status?: "active" | "paused";
}

/** An edit: what is absent stays; `null` removes an optional field. */
export type TaskPatch = {
  readonly [Field in keyof Omit<TaskInput, "status" | "type">]?: TaskInput[Field] | null;
};

/** What a trigger-now may say about the one run it makes. */
export interface TriggerInput {
  readonly params?: Json;
  readonly overlap?: Overlap["policy"];
  /** Runs although the task is paused. */
  readonly force?: boolean;
  readonly runAtMs?: number;
  readonly delayMs?: number;
  readonly priority?: number;
  readonly concurrencyKey?: string;
  readonly expireAfterMs?: number;
  readonly deadlineMs?: number;
  /** One run for a key; excludes `debounce`. @default the task's own */
  readonly dedup?: DedupInput;
  /** Starts when it has been quiet for a while; excludes `dedup`, `runAtMs` and `delayMs`. */
  readonly debounce?: Debounce;
}
