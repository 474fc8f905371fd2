// What the expressions of a workflow run see: its input, its variables, and what its steps gave.

import type { Json, JsonObject } from "../../domain/json.ts";
import type { Flow } from "../../domain/workflow/flow.ts";
import type { PlanNode } from "../../domain/workflow/plan.ts";

/** What a run has beyond its {@link Flow}. */
export interface FlowData {
  readonly input: Json;
  /** What expressions call `run`. */
  readonly run: JsonObject;
  /** Of steps that are done, by their ids. */
  readonly outputs: ReadonlyMap<string, Json>;
}

/** @param more - names of one place only: `item` and `index` in a map, `output` where something is undone */
export function scopeOf(flow: Flow, { input, run, outputs }: FlowData, more: JsonObject = {}): JsonObject {
  const steps = flow.plan.nodes
    .filter(({ role }) => role !== "open")
    .map(({ id, index }): [string, Json] => {
      const status = flow.nodes[index]?.status ?? "pending";
      return [id, { status, output: outputs.get(id) ?? null }];
    });
  return { input, vars: flow.variables, run, steps: Object.fromEntries(steps), ...more };
}

/** The output of a node whose work is done by other nodes, or by nobody. */
export function ownOutput(flow: Flow, { step, index }: PlanNode, { outputs }: FlowData): Json | undefined {
  if (step.kind === "condition") return flow.nodes[index]?.verdict ?? null;
  if (step.kind !== "parallel") return undefined;
  return Object.fromEntries(step.steps.map(({ id }) => [id, outputs.get(id) ?? null]));
}

/** The result where a definition has no `output`: that of the last step; of several last ones an object by their ids. */
export function defaultOutput(flow: Flow, { outputs }: FlowData): Json {
  const ids = flow.plan.last.map((index) => flow.plan.nodes[index]?.id ?? "");
  const [only] = ids;
  if (ids.length === 1 && only !== undefined) return outputs.get(only) ?? null;
  return Object.fromEntries(ids.map((id) => [id, outputs.get(id) ?? null]));
}
