// What is true of a step by its kind: whether something must be computed first, what its child runs perform, what undoes it.

import { waitType, workflowType, type MapWork, type Step, type Work } from "./definition.ts";
import type { PlanNode } from "./plan.ts";

/** Whether a `when`, an `if` or an `over` must be computed before the node can begin. */
export function needsDecision({ role, step }: PlanNode): boolean {
  // A group is decided upon where it opens.
  if (role === "close") return false;
  if (step.when !== undefined || step.kind === "condition") return true;
  return step.kind === "map" && !Array.isArray(step.over);
}

/** What the child runs of a step perform; undefined for those that have none. */
export function workOf(step: Step): Work | undefined {
  switch (step.kind) {
    case "task":
      return onlyWork(step);
    case "workflow":
      return subworkflow(step);
    case "map":
      return step.each.kind === "task" ? onlyWork(step.each) : subworkflow(step.each);
    case "wait": {
      const { forMs, until, signal, timeoutMs } = step;
      return engineWait({ forMs, until, signal, timeoutMs });
    }
    case "approval": {
      const { prompt, options, answerWithinMs, defaultAnswer } = step;
      return engineWait({ prompt, options, answerWithinMs, defaultAnswer });
    }
    case "condition":
    case "parallel":
      return undefined;
    default:
      return step satisfies never;
  }
}

/** What undoes a step, or each element of a map, once it was done. */
export function undoneBy(step: Step): Work | undefined {
  switch (step.kind) {
    case "task":
    case "workflow":
      return step.compensate;
    case "map":
      return step.each.compensate;
    case "wait":
    case "approval":
    case "condition":
    case "parallel":
      return undefined;
    default:
      return step satisfies never;
  }
}

function onlyWork({ type, params, retry, timeoutMs, queue, priority }: Work): Work {
  return {
    type,
    params,
    ...(retry === undefined ? {} : { retry }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(queue === undefined ? {} : { queue }),
    ...(priority === undefined ? {} : { priority }),
  };
}

function subworkflow(
  step: Pick<Extract<MapWork, { kind: "workflow" }>, "workflow" | "version" | "input">,
): Work {
  const { workflow, version, input } = step;
  return { type: workflowType, params: { workflow, input, ...(version === undefined ? {} : { version }) } };
}

/** A wait fails at once when it fails: there is nothing to try again. */
function engineWait(params: Readonly<Record<string, unknown>>): Work {
  const given = Object.entries(params).filter(([, value]) => value !== undefined);
  // Fields of a checked definition: JSON all of them.
  return { type: waitType, params: Object.fromEntries(given) as Work["params"], retry: { maxAttempts: 1 } };
}
