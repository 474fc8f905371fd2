// The layers of a graph: each step stands one below the lowest of those it waits for.

import { inOrder, type Plan, type PlanNode } from "./plan.ts";

/** Steps by layer, the first ones first; a group stands where it begins, and its members below it. */
export function layersOf(plan: Plan): readonly (readonly PlanNode[])[] {
  const layerOf = new Map<number, number>();
  const layers: PlanNode[][] = [];
  for (const node of inOrder(plan)) {
    const before = [...node.waitsFor.map((edge) => edge.from), node.gate];
    const layer = Math.max(-1, ...before.map((index) => layerOf.get(index ?? -1) ?? -1)) + 1;
    // The end of a group is no step: what waits for it comes right below its last member.
    layerOf.set(node.index, node.role === "close" ? layer - 1 : layer);
    if (node.role !== "close") (layers[layer] ??= []).push(node);
  }
  return layers.map((nodes) => nodes.toSorted((a, b) => a.index - b.index));
}
