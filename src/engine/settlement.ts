// From what an executor reported to what the ledger should write: the retry rules, pure.

import type { Outcome, RunError } from "../domain/outcome.ts";
import { retryDelayMs, type RetryPolicy } from "../domain/retry.ts";
import type { JsonObject } from "../domain/json.ts";
import type { ClaimedRun, Settlement } from "../ports/run-ledger.ts";

export interface Judgement {
  readonly retry: RetryPolicy;
  readonly endedAtMs: number;
  /** A number in [0, 1) for the jitter. */
  readonly random: number;
  /** The code was abandoned and may still be at work. */
  readonly stateOnly?: boolean;
}

type Head = Pick<Settlement, "runKey" | "claim" | "version" | "endedAtMs">;

/** What to write for an outcome of this claim. */
export function settlementOf(run: ClaimedRun, outcome: Outcome, judgement: Judgement): Settlement {
  const head: Head = {
    runKey: run.key,
    claim: run.claim,
    version: run.version,
    endedAtMs: judgement.endedAtMs,
  };
  switch (outcome.kind) {
    case "completed": {
      const result = envelope(outcome.data, undefined, outcome.message, outcome.metadata);
      return result === undefined
        ? { ...head, kind: "end", status: "completed" }
        : { ...head, kind: "end", status: "completed", result };
    }
    case "failed":
      return failure(head, run, judgement, outcome);
    case "timed-out":
      return failure(head, run, judgement, outcome);
    case "snoozed":
      return {
        ...head,
        kind: "snooze",
        dueAtMs: judgement.endedAtMs + outcome.forMs,
        ...(outcome.reason === undefined ? {} : { reason: outcome.reason }),
      };
    case "suspended": {
      const dueAtMs =
        outcome.untilMs ?? (outcome.forMs === undefined ? undefined : judgement.endedAtMs + outcome.forMs);
      return {
        ...head,
        kind: "suspend",
        state: outcome.state ?? null,
        ...(dueAtMs === undefined ? {} : { dueAtMs, dueIsInstant: outcome.untilMs !== undefined }),
        ...(outcome.answerByMs === undefined ? {} : { answerByMs: outcome.answerByMs }),
        ...(outcome.question === undefined ? {} : { question: outcome.question }),
        ...(outcome.signal === undefined ? {} : { signal: outcome.signal }),
      };
    }
    case "aborted":
      return {
        ...head,
        kind: "end",
        status: "cancelled",
        ...((outcome.stateOnly ?? judgement.stateOnly) ? { stateOnly: true } : {}),
      };
    case "interrupted":
      return { ...head, kind: "interrupt", reason: outcome.reason };
  }
}

function failure(
  head: Head,
  run: ClaimedRun,
  judgement: Judgement,
  outcome: Extract<Outcome, { kind: "failed" | "timed-out" }>,
): Settlement {
  const { retry } = judgement;
  const { error } = outcome;
  const timeout = outcome.kind === "timed-out" ? { isTimeout: true } : {};
  if (error.retryable && run.attempt < retry.maxAttempts) {
    const delayMs =
      outcome.kind === "failed" && outcome.retryAfterMs !== undefined
        ? outcome.retryAfterMs
        : retryDelayMs(retry, run.attempt, judgement.random);
    return { ...head, kind: "retry", dueAtMs: judgement.endedAtMs + delayMs, error, ...timeout };
  }
  if (error.retryable && retry.onExhausted === "pause")
    return { ...head, kind: "pause-exhausted", error, ...timeout };
  const status = outcome.kind === "timed-out" ? "timed_out" : "failed";
  const result =
    outcome.kind === "failed"
      ? envelope(outcome.data, error, outcome.message, outcome.metadata)
      : envelope(undefined, error);
  return {
    ...head,
    kind: "end",
    status,
    errorCode: error.code,
    ...(result === undefined ? {} : { result }),
    ...(judgement.stateOnly ? { stateOnly: true } : {}),
  };
}

/** The parts of the result envelope worth storing; undefined when there is nothing to say beyond the status. */
function envelope(
  data: unknown,
  error?: RunError,
  message?: string,
  metadata?: JsonObject,
): string | undefined {
  const hasData = data !== undefined && data !== null;
  if (!hasData && error === undefined && message === undefined && metadata === undefined) return undefined;
  return JSON.stringify({ data: hasData ? data : undefined, error, message, metadata });
}
