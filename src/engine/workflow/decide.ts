// What a step's `when`, `if`, `over` and `set` come to: computed answers as the events that `advance` understands.

import type { Json, JsonObject } from "../../domain/json.ts";
import type { RunError } from "../../domain/outcome.ts";
import { workflowBounds } from "../../domain/workflow/definition.ts";
import { isExpression } from "../../domain/workflow/expressions.ts";
import type { Decision, RunErrorOf } from "../../domain/workflow/flow.ts";
import type { PlanNode } from "../../domain/workflow/plan.ts";
import type { Evaluator } from "./evaluator.ts";

/** @param assumed - the verdict of a condition that is not to be computed */
export async function decide(
  { step }: PlanNode,
  scope: JsonObject,
  { evaluator, assumed }: { readonly evaluator: Evaluator; readonly assumed?: boolean | undefined },
): Promise<Decision> {
  if (step.when !== undefined) {
    const answer = await evaluator.one(step.when, scope);
    if (!answer.ok) return failure(`when: ${answer.message}`);
    if (!isTruthy(answer.value)) return { kind: "skip" };
  }
  if (step.kind === "condition") {
    if (assumed !== undefined) return { kind: "verdict", verdict: assumed };
    const answer = await evaluator.one(step.if, scope);
    return answer.ok
      ? { kind: "verdict", verdict: isTruthy(answer.value) }
      : failure(`if: ${answer.message}`);
  }
  if (step.kind === "map" && isExpression(step.over)) {
    const answer = await evaluator.one(step.over, scope);
    return answer.ok ? elements(answer.value) : failure(`over: ${answer.message}`);
  }
  return { kind: "start" };
}

/** What a step sets, or why it cannot. */
export async function computeSet(
  template: JsonObject,
  scope: JsonObject,
  evaluator: Evaluator,
): Promise<JsonObject | RunErrorOf> {
  const answer = await evaluator.fill(template, scope);
  if (!answer.ok) return { $error: expressionFailed(`set: ${answer.message}`) };
  // A template that is an object is filled as one.
  return answer.value as JsonObject;
}

export function expressionFailed(message: string): RunError {
  return { code: "EXPRESSION_FAILED", message, retryable: false };
}

/** JSONata's idea of a truth: what is empty or zero is false, and so is a list without anything true in it. */
function isTruthy(value: Json): boolean {
  if (Array.isArray(value)) return value.some(isTruthy);
  if (typeof value === "object" && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

/** JSONata makes no difference between one thing and a list of it, and none between nothing and an empty list. */
function elements(value: Json): Decision {
  const list: readonly Json[] = Array.isArray(value) ? value : value === null ? [] : [value];
  const { mapItems } = workflowBounds;
  return list.length > mapItems
    ? failure(`over: ${list.length} elements, and at most ${mapItems} are allowed`)
    : { kind: "elements", elements: list };
}

function failure(message: string): Decision {
  return { kind: "error", error: expressionFailed(message) };
}
