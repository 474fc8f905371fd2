// Decides whether a definition is a graph that can be run, and names the place of everything that is wrong with it.

import { closest } from "../closest.ts";
import type { Issue } from "../errors.ts";
import { workflowBounds, type Step, type WorkflowDefinition } from "./definition.ts";
import { inOrder, planOf, type Plan, type PlanNode } from "./plan.ts";
import { unreachable } from "./reach.ts";

/** A step and where the definition says it. */
export interface Placed {
  readonly step: Step;
  readonly path: string;
}

/**
 * What the shape of the fields does not say: ids are unique, dependencies are known and lead to no cycle, and every step
 * can be reached.
 *
 * @param definition - of the right shape; expressions are checked by whoever can read them
 * @returns empty when it can be run
 */
export function checkWorkflow(definition: WorkflowDefinition): readonly Issue[] {
  const placed = place(definition.steps, "steps");
  if (placed.length > workflowBounds.steps) {
    const message = `a workflow has at most ${workflowBounds.steps} steps, and this one has ${placed.length}; put some into workflows of their own`;
    return [{ path: "steps", code: "TOO_MANY", message }];
  }
  const issues = [...checkIds(placed), ...checkDependencies(placed), ...placed.flatMap(checkStep)];
  // Only what names each step once and only known ones is a graph.
  return issues.length > 0 ? issues : checkGraph(planOf(definition), placed);
}

/** Every step, those of groups included, with its place. */
export function place(steps: readonly Step[], path: string): readonly Placed[] {
  return steps.flatMap((step, index) => {
    const own = { step, path: `${path}.${index}` };
    return step.kind === "parallel" ? [own, ...place(step.steps, `${own.path}.steps`)] : [own];
  });
}

function checkIds(placed: readonly Placed[]): readonly Issue[] {
  const first = new Map<string, string>();
  return placed.flatMap(({ step, path }) => {
    const taken = first.get(step.id);
    first.set(step.id, taken ?? path);
    const message = `the id ${JSON.stringify(step.id)} is taken by ${taken}`;
    return taken === undefined ? [] : [{ path: `${path}.id`, code: "ALREADY_EXISTS", message }];
  });
}

function checkDependencies(placed: readonly Placed[]): readonly Issue[] {
  const ids = placed.map(({ step }) => step.id);
  const known = new Set(ids);
  return placed.flatMap(({ step, path }) =>
    step.dependsOn.flatMap(({ step: id }, index): Issue[] => {
      const at = `${path}.dependsOn.${index}`;
      if (id === step.id) {
        return [{ path: at, code: "DEPENDENCY_CYCLE", message: `${id} cannot wait for itself` }];
      }
      if (known.has(id)) return [];
      const meant = closest(id, ids);
      const hint = meant === undefined ? "" : `; did you mean ${JSON.stringify(meant)}?`;
      return [{ path: at, code: "NOT_FOUND", message: `there is no step ${JSON.stringify(id)} here${hint}` }];
    }),
  );
}

function checkStep({ step, path }: Placed): readonly Issue[] {
  if (step.set !== undefined && "$error" in step.set) {
    const message = "a variable cannot be called $error; choose another name";
    return [{ path: `${path}.set.$error`, code: "INVALID_VALUE", message }];
  }
  if (step.kind === "wait") {
    const given = [step.forMs, step.until, step.signal].filter((value) => value !== undefined).length;
    if (given !== 1) {
      return [{ path, code: "INVALID_VALUE", message: "a wait has one of `for`, `until` and `signal`" }];
    }
  }
  if (step.kind === "approval") {
    const { options, refusals } = step;
    return refusals.flatMap((refusal, index): Issue[] => {
      const message = `${JSON.stringify(refusal)} is none of the options`;
      return options.includes(refusal)
        ? []
        : [{ path: `${path}.refusals.${index}`, code: "INVALID_VALUE", message }];
    });
  }
  return [];
}

function checkGraph(plan: Plan, placed: readonly Placed[]): readonly Issue[] {
  const pathOf = new Map(placed.map(({ step, path }) => [step.id, path]));
  const cycle = findCycle(plan);
  if (cycle !== undefined) {
    const [start = "steps"] = cycle;
    const message = `these steps wait for each other: ${[...cycle, start].join(" → ")}`;
    return [{ path: pathOf.get(start) ?? "steps", code: "DEPENDENCY_CYCLE", message }];
  }
  return unreachable(plan).map(({ id, because }) => ({
    path: pathOf.get(id) ?? "steps",
    code: "UNREACHABLE",
    message: `${id} can never begin: ${because}`,
  }));
}

/** The ids along a cycle, in the order in which its steps would have to run, or undefined. */
function findCycle(plan: Plan): readonly string[] | undefined {
  const free = new Set(inOrder(plan).map((node) => node.index));
  const start = plan.nodes.find((node) => !free.has(node.index));
  if (start === undefined) return undefined;
  // Every node that is not free waits for another one that is not: going back from any of them leads into a cycle.
  const path: PlanNode[] = [];
  let at = start;
  while (!path.includes(at)) {
    path.push(at);
    const before = [...at.waitsFor.map((edge) => edge.from), at.gate].find(
      (from) => from !== undefined && !free.has(from),
    );
    at = (before === undefined ? undefined : plan.nodes[before]) ?? at;
  }
  // Told from the step that the definition has first; where a group opens is no step of its own.
  const cycle = path
    .slice(path.indexOf(at))
    .toReversed()
    .filter((node) => node.role !== "open");
  const first = cycle.reduce(
    (best, node, index) => (node.index < (cycle[best]?.index ?? 0) ? index : best),
    0,
  );
  return [...cycle.slice(first), ...cycle.slice(0, first)].map((node) => node.id);
}
