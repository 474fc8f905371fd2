// Finds steps that can never begin, since they need a condition to be met and not to be met.

import { inOrder, type Plan, type PlanNode } from "./plan.ts";

export interface Unreachable {
  readonly id: string;
  readonly because: string;
}

/** What must have held whenever a node was completed: verdicts by the step that gave them. */
type Needs = ReadonlyMap<number, boolean>;

/** @param plan - without a cycle */
export function unreachable(plan: Plan): readonly Unreachable[] {
  const needs = new Map<number, Needs>();
  const found: Unreachable[] = [];
  for (const node of inOrder(plan)) {
    const needed = needsOf(plan, node, needs);
    if (typeof needed === "string") {
      if (node.role !== "close") found.push({ id: node.step.id, because: needed });
    } else {
      needs.set(node.index, needed);
    }
  }
  return found;
}

/** What `node` needs in order to be completed, or why it cannot be. */
function needsOf(plan: Plan, node: PlanNode, known: ReadonlyMap<number, Needs>): Needs | string {
  const gate = node.gate === undefined ? new Map<number, boolean>() : known.get(node.gate);
  if (gate === undefined) return "the group it is in cannot begin";
  const ways = node.waitsFor.map(({ from, verdict }) => {
    const before = known.get(from);
    const source = plan.nodes[from];
    if (before === undefined || source === undefined) return undefined;
    // A step that is neither condition nor approval always has the verdict true.
    if (!decides(source)) return verdict ? before : undefined;
    return combine([before, new Map([[from, verdict]])]);
  });
  const open = ways.filter((way) => way !== undefined);
  switch (node.join) {
    case "all": {
      if (open.length < ways.length) return "something it waits for can never be satisfied";
      const both = combine([gate, ...open]);
      return both ?? "it waits for opposite outcomes of one decision";
    }
    case "any":
      if (open.length === 0 && ways.length > 0) return "nothing it waits for can ever be satisfied";
      return gate;
    case "all-settled":
      return gate;
    default:
      return node.join satisfies never;
  }
}

function decides({ step }: PlanNode): boolean {
  return step.kind === "condition" || step.kind === "approval";
}

/** All of them together, or undefined when two contradict each other. */
function combine(all: readonly Needs[]): Needs | undefined {
  const together = new Map<number, boolean>();
  for (const needs of all) {
    for (const [index, verdict] of needs) {
      if ((together.get(index) ?? verdict) !== verdict) return undefined;
      together.set(index, verdict);
    }
  }
  return together;
}
