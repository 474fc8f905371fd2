// A definition turned into a graph: what waits for what, in an order in which nothing comes before what it waits for.

import type { Join, ParallelStep, Step, WorkflowDefinition } from "./definition.ts";

/** Waits for the node of that index; its verdict must be this one. */
export interface Edge {
  readonly from: number;
  readonly verdict: boolean;
}

/** Leads to a node that waits; without a verdict the node is only let in, as the members of a group are. */
export interface Outgoing {
  readonly to: number;
  readonly verdict?: boolean;
}

/**
 * A node of the graph. A group is two nodes: `open`, for which its members wait, and `close`, which waits for them and
 * bears the group's id.
 */
export interface PlanNode {
  readonly index: number;
  readonly id: string;
  readonly role: "step" | "open" | "close";
  readonly step: Step;
  readonly join: Join;
  readonly waitsFor: readonly Edge[];
  /** The `open` node that must be completed as well. */
  readonly gate?: number;
  /** Who waits for this one: one entry for each edge, and for each node it lets in. */
  readonly outgoing: readonly Outgoing[];
}

export interface Plan {
  readonly definition: WorkflowDefinition;
  readonly nodes: readonly PlanNode[];
  /** Index of the node that bears a step's id. */
  readonly byId: ReadonlyMap<string, number>;
  /** Steps for which nothing waits; the result is made of their outputs. */
  readonly last: readonly number[];
}

interface Draft {
  readonly id: string;
  readonly role: PlanNode["role"];
  readonly step: Step;
  readonly join: Join;
  readonly dependsOn: readonly { readonly id: string; readonly verdict: boolean }[];
  readonly gate?: string;
}

/** @param definition - checked before by `checkWorkflow`: ids are unique and known, and there is no cycle */
export function planOf(definition: WorkflowDefinition): Plan {
  const drafts = draftsOf(definition.steps);
  const byId = new Map(drafts.map((draft, index) => [draft.id, index]));
  const outgoing: Outgoing[][] = drafts.map(() => []);
  const indexOf = (id: string): number => {
    const index = byId.get(id);
    if (index === undefined) throw new Error(`step ${id} is not in workflow ${definition.name}`);
    return index;
  };
  const nodes = drafts.map((draft, index): PlanNode => {
    const waitsFor = draft.dependsOn.map(({ id, verdict }) => ({ from: indexOf(id), verdict }));
    const gate = draft.gate === undefined ? undefined : indexOf(draft.gate);
    for (const { from, verdict } of waitsFor) outgoing[from]?.push({ to: index, verdict });
    if (gate !== undefined) outgoing[gate]?.push({ to: index });
    const { id, role, step, join } = draft;
    return {
      index,
      id,
      role,
      step,
      join,
      waitsFor,
      outgoing: outgoing[index] ?? [],
      ...(gate === undefined ? {} : { gate }),
    };
  });
  const last = nodes.filter((node) => node.role !== "open" && node.outgoing.length === 0);
  return { definition, nodes, byId, last: last.map((node) => node.index) };
}

/** Nodes after everything they wait for; those on a cycle, and those after one, are missing. */
export function inOrder({ nodes }: Plan): readonly PlanNode[] {
  const open = nodes.map((node) => node.waitsFor.length + (node.gate === undefined ? 0 : 1));
  const ordered = nodes.filter((node) => open[node.index] === 0);
  // Grows while it is walked.
  for (const node of ordered) {
    for (const { to } of node.outgoing) {
      const remaining = (open[to] ?? 0) - 1;
      open[to] = remaining;
      const next = nodes[to];
      if (remaining === 0 && next !== undefined) ordered.push(next);
    }
  }
  return ordered;
}

/** Id of the node at which a group begins; no step can have it. */
const openId = (groupId: string): string => `${groupId}/open`;

function draftsOf(steps: readonly Step[], gate?: string): Draft[] {
  return steps.flatMap((step) => {
    const own = {
      step,
      join: step.join,
      dependsOn: step.dependsOn.map((dependency) => ({ id: dependency.step, verdict: dependency.verdict })),
      ...(gate === undefined ? {} : { gate }),
    };
    return step.kind === "parallel" ? groupOf(step, own) : [{ ...own, id: step.id, role: "step" as const }];
  });
}

function groupOf(group: ParallelStep, own: Omit<Draft, "id" | "role">): Draft[] {
  const open = openId(group.id);
  return [
    { ...own, id: open, role: "open" },
    ...draftsOf(group.steps, open),
    {
      id: group.id,
      role: "close",
      step: group,
      join: "all-settled",
      dependsOn: group.steps.map((member) => ({ id: member.id, verdict: true })),
      gate: open,
    },
  ];
}
