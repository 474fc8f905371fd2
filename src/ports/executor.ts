// Executors: the code that performs runs, what it may use while it does, and the hosts it runs in.

import type { Json, JsonObject } from "../domain/json.ts";
import type { Issue } from "../domain/errors.ts";
import type { Outcome, Question } from "../domain/outcome.ts";
import type { RetryPolicy } from "../domain/retry.ts";

/**
 * A validator as zod, valibot and arktype publish it.
 *
 * @see https://standardschema.dev (version 1)
 */
export interface StandardSchema<Output = unknown> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
  };
}

export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

export const isolations = ["inline", "thread", "process"] as const;
/** Where the code runs: with Rota, in a worker thread, or in a process of its own (really killed, really suspended). */
export type Isolation = (typeof isolations)[number];

/** What a lost or stopped worker means for the run (SEM 10). */
export type OnInterrupted = "repeat" | "fail" | "reattach";

/** What a run that suspended itself gets back when it goes on. */
export interface Resumed {
  readonly state: Json;
  readonly answer?: Json;
  readonly signal?: { readonly name: string; readonly payload: Json };
}

export type LogLevel = "debug" | "info" | "warn" | "error";

/**
 * Everything an executor sees. Its methods may be taken apart (`{ step, log }`); after the end of the attempt they do
 * nothing, or are refused.
 */
export interface RunContext {
  readonly runId: string;
  readonly taskId: string;
  readonly type: string;
  /** From 1; grows only by failures that count. */
  readonly attempt: number;
  /** The same for every attempt of this run: give it to the systems you call, so that a repeat does no harm. */
  readonly idempotencyKey: string;
  /** The nominal instant this run stands for, in milliseconds since the epoch. */
  readonly scheduledForMs?: number;
  /** Aborts on cancel, timeout, deadline and shutdown; its reason is a `RotaError`. */
  readonly signal: AbortSignal;
  /** Present when the run goes on after it suspended itself. */
  readonly resumed?: Resumed;
  /**
   * Runs `act` once for the run: its result is kept, and later attempts get the kept result. The same name used again
   * is a step of its own (`name#2`). The result must be JSON of at most `limits.stepBytes`, 1 MiB by default.
   *
   * @param name - 1–200 characters, not beginning with `$`, not ending in `#` and digits
   * @throws NON_RETRYABLE for another name, or within another step: steps cannot be nested
   * @throws RESULT_NOT_SERIALIZABLE, RESULT_TOO_LARGE when the result cannot be kept
   * @throws PAYLOAD_TOO_LARGE beyond `limits.steps` steps, 1,000 by default
   */
  step<T extends Json | void>(
    name: string,
    act: (step: { readonly idempotencyKey: string }) => Promise<T> | T,
  ): Promise<T>;
  /** A place where the run may pause; also throws when the run is being cancelled. */
  checkpoint(): Promise<void>;
  /** Replaces the run's progress; kept, and seen live. */
  progress(value: Json): void;
  readonly log: Readonly<Record<LogLevel, (message: string, fields?: JsonObject) => void>>;
  /** Appends to the run's output stream. */
  emit(chunk: Json): void;
  /**
   * Waits without holding a slot, across restarts: the code ends here, and when the time has come it begins
   * anew and passes this place at once. Finished steps are not repeated.
   *
   * @param ms - milliseconds; 0 or less is over at once
   */
  sleep(ms: number): Promise<void>;
  /**
   * Waits, as `sleep` does, for `POST /runs/{id}/signal` with this name and returns its payload.
   *
   * @param options.timeoutMs - milliseconds until the run ends `timed_out`. @default it waits for ever
   */
  waitFor(name: string, options?: { readonly timeoutMs?: number }): Promise<Json>;
  /**
   * Asks a person and returns the answer; waits as `sleep` does.
   *
   * @param question.answerByMs - since the epoch: then the default answer is taken, or the run ends `timed_out`
   */
  ask(question: Question & { readonly answerByMs?: number }): Promise<Json>;
}

/** What stays the same for every run of a type; published in the ledger so that any server can validate (SEM 21). */
export interface ExecutorInfo {
  readonly type: string;
  readonly version: string;
  readonly description?: string;
  readonly isolation: Isolation;
  /** JSON Schema (2020-12) of the params; absent when anything is accepted. */
  readonly paramsSchema?: JsonObject;
  readonly retry?: Partial<RetryPolicy>;
  readonly timeoutMs?: number;
  readonly onInterrupted: OnInterrupted;
  /** Whether `ctx.checkpoint()` is called, so that a running run can pause there. Processes can always pause. */
  readonly pausable: boolean;
}

/** An executor as the engine holds it. */
export interface Executor extends ExecutorInfo {
  /** Checks params with the executor's own schema; an empty list is fine. May return parsed (defaulted) params. */
  validate(params: unknown): Promise<Validation> | Validation;
  /** Its `validate` takes anything: `paramsSchema` is all that says what it accepts, and Rota checks by that. */
  readonly isCheckedBySchema?: boolean;
  /** Where the retry policy depends on the params, as for `http`; goes before {@link ExecutorInfo.retry}. */
  retryFor?(params: Json): Partial<RetryPolicy>;
  /** Where it depends on the params what a lost worker means; goes before {@link ExecutorInfo.onInterrupted}. */
  onInterruptedFor?(params: Json): OnInterrupted;
  /** Performs one attempt. Returned data is the result; see `domain/outcome.ts` for the other forms. */
  execute(params: Json, context: RunContext): unknown;
  /** For `thread` and `process`: the module (a file URL) which exports this executor. */
  readonly moduleUrl?: string;
}

export type Validation =
  | { readonly ok: true; readonly params: Json }
  | { readonly ok: false; readonly issues: readonly Issue[] };

/** A finished durable step. */
export interface StepRecord {
  readonly name: string;
  readonly result: Json;
}

/** What the engine offers an attempt; a host turns it into a {@link RunContext}, in-process or over a channel. */
export interface RunServices {
  readonly runId: string;
  readonly taskId: string;
  readonly type: string;
  readonly attempt: number;
  readonly scheduledForMs?: number;
  readonly resumed?: Resumed | undefined;
  readonly signal: AbortSignal;
  /** Results of the steps this run has finished so far, by name (`name`, `name#2`, …). */
  loadSteps(): Promise<readonly StepRecord[]>;
  /** Keeps a step's result; rejects when the claim is no longer ours. */
  saveStep(step: StepRecord): Promise<void>;
  checkpoint(): Promise<void>;
  progress(value: Json): void;
  log(level: LogLevel, message: string, fields?: JsonObject): void;
  emit(chunk: Json): void;
}

/** An attempt at work in a host. */
export interface HostedRun {
  /** Never rejects: whatever the code does becomes an outcome. */
  readonly outcome: Promise<Outcome>;
  /**
   * Ends the code by force, its children included. Resolves with `killed`, or `state-only` when the code cannot be
   * stopped (inline) and may still be at work.
   */
  kill(): Promise<"killed" | "state-only">;
  /** Really suspends the code; false when this host cannot. */
  suspend(): Promise<boolean>;
  continue(): Promise<boolean>;
}

/** Where code runs. Cooperative abort goes through `services.signal`; a host carries it to the code. */
export interface Host {
  readonly isolation: Isolation;
  run(executor: Executor, params: Json, services: RunServices): HostedRun;
  close(): Promise<void>;
}
