// What the handlers work with: the engine's services by their verbs, the ledger for reading, and the means to show things.

import type { IdCodec, Key } from "../domain/ids.ts";
import type { Json, JsonObject } from "../domain/json.ts";
import type { Limits } from "../domain/limits.ts";
import type { Run } from "../domain/run.ts";
import type { RunStatus } from "../domain/run-state.ts";
import type { Task } from "../domain/task.ts";
import type { TaskInput, TaskPatch, TriggerInput } from "../domain/task-input.ts";
import type { Calculators } from "../domain/trigger/calculators.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ledger } from "../ports/ledger.ts";
import type { Principal } from "../contract/principal.ts";

interface Words {
  readonly en: string;
  readonly zh: string;
}

export interface Explanation {
  readonly summary: Words;
  readonly causes: readonly {
    readonly code: string;
    readonly message: Words;
    readonly sinceMs?: number;
    readonly untilMs?: number;
    readonly details?: JsonObject;
  }[];
}

interface Stop {
  readonly reason?: string;
  readonly graceMs?: number;
  readonly force?: boolean;
}

interface Hold {
  readonly reason?: string;
  readonly resumeAtMs?: number;
}

interface Started {
  readonly runKey: Key;
  readonly status: RunStatus;
}

/** All throw `RotaError`. */
export interface TaskServices {
  create(input: TaskInput, actor: string): Promise<Task>;
  edit(
    key: Key,
    patch: TaskPatch,
    options: { readonly expectedRevision?: number },
    actor: string,
  ): Promise<Task>;
  pause(key: Key, options: Hold, actor: string): Promise<Task>;
  resume(key: Key, options: { readonly from?: "now" | "paused-at" }, actor: string): Promise<Task>;
  cancel(key: Key, options: Stop & { readonly runs?: "cancel" | "finish" }, actor: string): Promise<Task>;
  remove(key: Key, actor: string): Promise<void>;
  trigger(key: Key, input: TriggerInput, actor: string): Promise<Started>;
  /** Milliseconds since the epoch. */
  upcoming(task: Task, count: number): readonly number[];
}

/** All throw `RotaError`. */
export interface RunServices {
  cancel(key: Key, options: Stop, actor: string): Promise<Run>;
  pause(key: Key, options: Hold, actor: string): Promise<Run>;
  resume(key: Key, actor: string): Promise<Run>;
  retry(key: Key, options: { readonly revision?: "pinned" | "latest" }, actor: string): Promise<Started>;
  answer(
    key: Key,
    answer: { readonly answer: Json } | { readonly signal: string; readonly payload: Json },
    actor: string,
  ): Promise<Run>;
  /** The run when it has ended, or as it is when the time is over. */
  waitForEnd(key: Key, timeoutMs: number): Promise<Run>;
}

export interface EngineServices {
  readonly tasks: TaskServices;
  readonly runs: RunServices;
  readonly explain: {
    run(key: Key): Promise<Explanation>;
    task(key: Key): Promise<Explanation>;
    queue(name: string): Promise<Explanation>;
  };
  readonly maintenance: {
    cleanup(): Promise<{ readonly runs: number; readonly occurrences: number; readonly events: number }>;
  };
}

export interface Services {
  readonly engine: EngineServices;
  /** For reading, and for the queues' settings. */
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly ids: IdCodec;
  readonly calculators: Calculators;
  readonly limits: Limits;
  readonly defaults: {
    /** Zone of triggers that name none. */
    readonly timezone: string;
    /** Shortest interval a trigger may have. */
    readonly minIntervalMs: number;
  };
}

/** One call of an operation. */
export interface Call {
  readonly principal: Principal;
  readonly services: Services;
}
