// How an attempt ended: the result envelope people see, and the outcome an executor reports.

import type { ErrorCode } from "./errors.ts";
import type { Json, JsonObject } from "./json.ts";

/** Why a run or attempt failed, as data: what user code threw is kept, never thrown again as ours. */
export interface RunError {
  /** A code of Rota's catalogue, or the `code` of what user code threw. */
  readonly code: ErrorCode | (string & {});
  readonly message: string;
  /** Whether another attempt may follow. */
  readonly retryable: boolean;
  readonly details?: JsonObject;
  /** At most 8 KiB. */
  readonly stack?: string;
}

/** The envelope of S2: one shape for every result. `duration` is in seconds, as S2 has it. */
export interface Result {
  readonly success: boolean;
  readonly message: string;
  readonly data: Json;
  readonly error: RunError | null;
  readonly duration: number | null;
  readonly metadata: JsonObject;
}

/** A question that a waiting run puts to a person. */
export interface Question {
  readonly prompt: string;
  readonly options?: readonly string[];
  /** The answer taken when `answerBy` passes; without one the run ends `timed_out`. */
  readonly defaultAnswer?: Json;
}

/** What an executor reports about an attempt; plain returned data is `completed`. */
export type Outcome =
  | {
      readonly kind: "completed";
      readonly data: Json;
      readonly message?: string;
      readonly metadata?: JsonObject;
    }
  | {
      readonly kind: "failed";
      readonly error: RunError;
      readonly data?: Json;
      readonly message?: string;
      readonly metadata?: JsonObject;
      /** Decides the delay before the next attempt (RetryAfterError). */
      readonly retryAfterMs?: number;
    }
  | { readonly kind: "timed-out"; readonly error: RunError }
  | { readonly kind: "snoozed"; readonly forMs: number; readonly reason?: string }
  | {
      readonly kind: "suspended";
      readonly untilMs?: number;
      readonly forMs?: number;
      readonly signal?: string;
      readonly question?: Question;
      readonly answerByMs?: number;
      readonly state?: Json;
    }
  | { readonly kind: "aborted"; readonly stateOnly?: boolean }
  | { readonly kind: "interrupted"; readonly reason: "shutdown" | "worker-lost" };

const outcomeBrand = Symbol.for("rota.outcome");

/** Marks a value an executor returns as an outcome rather than as data. */
export type Returned<T> = T & { readonly [outcomeBrand]: true };

function returned<T extends object>(value: T): Returned<T> {
  return Object.defineProperty(value, outcomeBrand, { value: true, enumerable: false }) as Returned<T>; // adds the brand
}

export function isReturnedOutcome(value: unknown): value is Returned<Outcome> {
  return typeof value === "object" && value !== null && outcomeBrand in value;
}

/**
 * An executor returns this to say more than data (S2.9).
 *
 * @param data - JSON of at most `limits.resultBytes`, 1 MiB by default. @default null
 * @param metadata - kept beside the data. @default {}
 */
export function successResult(
  message: string,
  data: Json = null,
  metadata: JsonObject = {},
): Returned<Outcome> {
  return returned({ kind: "completed", data, message, metadata } as const);
}

/**
 * An executor returns this to fail without throwing (S2.10). Another attempt follows as its retry policy says, unless
 * `error.retryable` is false.
 *
 * @param error - what differs from the default. @default code EXECUTION_FAILED, retryable, with `message`
 */
export function failureResult(
  message: string,
  error: Partial<RunError> = {},
  metadata: JsonObject = {},
): Returned<Outcome> {
  const full: RunError = {
    code: "EXECUTION_FAILED",
    retryable: true,
    ...error,
    message: error.message ?? message,
  };
  return returned({ kind: "failed", error: full, message, metadata } as const);
}

/**
 * An executor returns this to be called again later; no attempt is used, and no worker is held meanwhile.
 *
 * @param forMs - milliseconds, 0 or more; anything else fails the run
 */
export function snooze(forMs: number, reason?: string): Returned<Outcome> {
  return returned({ kind: "snoozed", forMs, ...(reason === undefined ? {} : { reason }) } as const);
}

/**
 * An executor returns this to wait without holding a slot (SEM 8); `state` comes back as `ctx.resumed.state`.
 *
 * It goes on at `untilMs` (since the epoch), after `forMs` milliseconds, with a signal of that name, or with the answer
 * to a question. Where an answer is due by `answerByMs` and none comes, the run takes the question's default or ends
 * `timed_out`.
 */
export function suspend(options: Omit<Extract<Outcome, { kind: "suspended" }>, "kind">): Returned<Outcome> {
  return returned({ kind: "suspended", ...options } as const);
}
