// The one place where what code returned or threw becomes an outcome.

import { RotaError } from "../domain/errors.ts";
import type { Json, JsonObject } from "../domain/json.ts";
import { isReturnedOutcome, type Outcome, type RunError } from "../domain/outcome.ts";
import { toJson } from "./json-value.ts";
import { bounded, isNonRetryable, retryAfterMsOf, runErrorOf } from "./run-error.ts";
import type { Suspension } from "./suspension.ts";

/** `completed` without data: what most runs end with, made once. */
export const completedEmpty: Outcome = Object.freeze({ kind: "completed", data: null });

/**
 * The outcome of a returned value. Only what `successResult`, `failureResult`, `snooze` and `suspend` made says more
 * than data; an object that merely looks like a result is data.
 *
 * @param maxBytes - most bytes of JSON the result may have
 */
export function outcomeOfValue(value: unknown, maxBytes: number): Outcome {
  if (value === undefined || value === null) return completedEmpty;
  try {
    return isReturnedOutcome(value)
      ? normalised(value, maxBytes)
      : { kind: "completed", data: toJson(value, maxBytes) };
  } catch (thrown) {
    return failed(runErrorOf(thrown));
  }
}

/**
 * The outcome of something thrown. After the signal has aborted, whatever is thrown is taken for its consequence, but for
 * a NonRetryableError, which states something of its own.
 */
export function outcomeOfThrown(thrown: unknown, signal: AbortSignal): Outcome {
  if (signal.aborted && !isNonRetryable(thrown)) return outcomeOfAbort(signal);
  const error = runErrorOf(thrown);
  const retryAfterMs = retryAfterMsOf(thrown);
  return retryAfterMs === undefined ? failed(error) : { kind: "failed", error, retryAfterMs };
}

/** The outcome of code that was told to stop and did, or was ended by force. */
export function outcomeOfAbort(signal: AbortSignal): Outcome {
  const reason: unknown = signal.reason;
  if (!RotaError.isInstance(reason)) return { kind: "aborted" };
  const { code, message, details } = reason;
  if (code === "TIMEOUT" || code === "DEADLINE") {
    return { kind: "timed-out", error: { code, message, retryable: code === "TIMEOUT" } };
  }
  const isShutdown = code === "CLOSED" || details["cause"] === "shutdown";
  return isShutdown ? { kind: "interrupted", reason: "shutdown" } : { kind: "aborted" };
}

/** A wait that was met stands, whatever the code did with the error that carries it. */
export function outcomeOfSuspension(suspension: Suspension, nowMs: number): Outcome {
  const { answerInMs, ...request } = suspension.request;
  return {
    kind: "suspended",
    ...request,
    ...(answerInMs === undefined ? {} : { answerByMs: nowMs + answerInMs }),
  };
}

export function failed(error: RunError): Outcome {
  return { kind: "failed", error };
}

/** What code returned by way of our own functions, checked: types do not bind plain JavaScript. */
function normalised(outcome: Outcome, maxBytes: number): Outcome {
  switch (outcome.kind) {
    case "completed":
      return {
        kind: "completed",
        data: toJson(outcome.data, maxBytes),
        ...messageOf(outcome.message),
        ...metadataOf(outcome.metadata, maxBytes),
      };
    case "failed":
      return {
        kind: "failed",
        error: { ...runErrorOf(outcome.error), retryable: outcome.error.retryable !== false },
        ...(outcome.data === undefined ? {} : { data: toJson(outcome.data, maxBytes) }),
        ...messageOf(outcome.message),
        ...metadataOf(outcome.metadata, maxBytes),
        ...(outcome.retryAfterMs === undefined
          ? {}
          : { retryAfterMs: delayOf(outcome.retryAfterMs, "retryAfterMs") }),
      };
    case "snoozed":
      return { ...outcome, forMs: delayOf(outcome.forMs, "snooze") };
    case "suspended": {
      const state: Json = toJson(outcome.state, maxBytes);
      if (outcome.forMs !== undefined) delayOf(outcome.forMs, "suspend");
      return { ...outcome, state };
    }
    case "timed-out":
    case "aborted":
    case "interrupted":
      // Only Rota says these; nothing of ours brands them for user code.
      return failed(runErrorOf(new Error(`an executor cannot return the outcome "${outcome.kind}"`)));
  }
}

function messageOf(message: unknown): { message?: string } {
  return typeof message === "string" ? { message: bounded(message) } : {};
}

function metadataOf(metadata: unknown, maxBytes: number): { metadata?: JsonObject } {
  const json = toJson(metadata, maxBytes);
  const isObject = typeof json === "object" && json !== null && !Array.isArray(json);
  return isObject ? { metadata: json as JsonObject } : {}; // an object that is no array
}

function delayOf(ms: unknown, what: string): number {
  if (typeof ms === "number" && Number.isFinite(ms) && ms >= 0) return Math.ceil(ms);
  throw new RotaError("EXECUTION_FAILED", `${what}: expected milliseconds of 0 or more, got ${String(ms)}`);
}
