// How long a step's work is assumed to take, and how it ends: by its outcome, and by what its kind makes of time.

import type { Json } from "../../domain/json.ts";
import type { RunError } from "../../domain/outcome.ts";
import type { ApprovalStep, Step, WaitStep } from "../../domain/workflow/definition.ts";
import { readTime } from "../../domain/trigger/instant-text.ts";
import { expressionFailed } from "./decide.ts";
import type { AssumedOutcome } from "./simulation.ts";

/** The end of one piece of work. */
export interface AssumedEnd {
  readonly takesMs: number;
  readonly status: "completed" | "failed" | "timed_out" | "cancelled";
  readonly output: Json;
  readonly verdict: boolean;
  readonly error?: RunError;
}

const usualMs = 1000;

/**
 * @param params - computed: where a wait's `until` is an instant
 * @param nowMs - when the work begins, in milliseconds since the epoch
 */
export function assumedEnd(step: Step, outcome: AssumedOutcome, params: Json, nowMs: number): AssumedEnd {
  const { status = "completed", takesMs = usualMs, output = null, verdict = true } = outcome;
  const plain = { takesMs, status, output, verdict };
  if (status !== "completed") return plain;
  if (step.kind === "wait") return waited(step, outcome, { params, nowMs });
  if (step.kind === "approval") return answered(step, outcome);
  return plain;
}

function waited(
  step: WaitStep,
  { output = null, takesMs }: AssumedOutcome,
  { params, nowMs }: { readonly params: Json; readonly nowMs: number },
): AssumedEnd {
  const done = { status: "completed", output, verdict: true } as const;
  if (step.signal !== undefined) {
    const comesAfterMs = takesMs ?? usualMs;
    return step.timeoutMs !== undefined && comesAfterMs > step.timeoutMs
      ? { ...done, takesMs: step.timeoutMs, status: "timed_out", output: null }
      : { ...done, takesMs: comesAfterMs };
  }
  if (step.until === undefined) return { ...done, takesMs: step.forMs ?? usualMs };
  const until = typeof params === "object" && params !== null && "until" in params ? params["until"] : null;
  const read = typeof until === "string" ? readTime(until) : undefined;
  if (read?.kind === "instant") return { ...done, takesMs: Math.max(0, read.ms - nowMs) };
  const error = expressionFailed(
    `until: expected an instant such as 2026-12-01T09:00:00Z, got ${JSON.stringify(until)}`,
  );
  return { ...done, takesMs: 0, status: "failed", error };
}

function answered(step: ApprovalStep, outcome: AssumedOutcome): AssumedEnd {
  const { takesMs = usualMs } = outcome;
  const isNo = (answer: Json): boolean => step.refusals.some((refusal) => refusal === answer);
  const fitting = step.options.find((option) => isNo(option) !== (outcome.verdict ?? true)) ?? null;
  const answer = outcome.output ?? fitting;
  if (step.answerWithinMs === undefined || takesMs <= step.answerWithinMs) {
    return { takesMs, status: "completed", output: answer, verdict: outcome.verdict ?? !isNo(answer) };
  }
  const late = { takesMs: step.answerWithinMs };
  return step.defaultAnswer === undefined
    ? { ...late, status: "timed_out", output: null, verdict: true }
    : { ...late, status: "completed", output: step.defaultAnswer, verdict: !isNo(step.defaultAnswer) };
}
