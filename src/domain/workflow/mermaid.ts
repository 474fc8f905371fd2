// A workflow as a Mermaid flowchart: kinds by shape, verdicts on the arrows, groups as boxes, undoing on a lane of its own.

import type { Step, WorkflowDefinition } from "./definition.ts";
import { planOf, type Plan, type PlanNode } from "./plan.ts";
import { stepStatuses, type StepStatus } from "./step-state.ts";
import { undoneBy, workOf } from "./step.ts";

/** Colours that read on white and on black. */
const styles: Readonly<Partial<Record<StepStatus, string>>> = {
  running: "fill:#cfe8ff,stroke:#1f6feb,color:#0a2540",
  deciding: "fill:#cfe8ff,stroke:#1f6feb,color:#0a2540",
  completing: "fill:#cfe8ff,stroke:#1f6feb,color:#0a2540",
  completed: "fill:#d3f5dc,stroke:#1a7f37,color:#0b2e16",
  failed: "fill:#ffd7d5,stroke:#cf222e,color:#4c0b0f",
  skipped: "fill:#eeeeee,stroke:#8c959f,color:#57606a,stroke-dasharray:4 3",
  cancelled: "fill:#fff1c2,stroke:#9a6700,color:#3b2300",
};

/**
 * Nodes have names of our own (`n0`, `n1`, …), since ids such as `end` mean something in Mermaid; labels are escaped.
 *
 * @param definition - one in which `checkWorkflow` finds nothing wrong
 * @param statuses - by step id; steps without one have no colour
 */
export function mermaidOf(
  definition: WorkflowDefinition,
  statuses: ReadonlyMap<string, StepStatus> = new Map(),
): string {
  const plan = planOf(definition);
  const lines = [
    "flowchart TD",
    ...stepLines(definition.steps, plan, "  "),
    ...edgeLines(plan),
    ...undoLines(plan),
    ...classLines(plan, statuses),
  ];
  return `${lines.join("\n")}\n`;
}

function stepLines(steps: readonly Step[], plan: Plan, indent: string): readonly string[] {
  return steps.flatMap((step) => {
    const name = nameOf(plan, step.id);
    if (step.kind !== "parallel") return [`${indent}${name}${shaped(step)}`];
    const members = stepLines(step.steps, plan, `${indent}  `);
    return [`${indent}subgraph ${name}["${labelOf(step)}"]`, ...members, `${indent}end`];
  });
}

function shaped(step: Exclude<Step, { kind: "parallel" }>): string {
  const label = `"${labelOf(step)}"`;
  switch (step.kind) {
    case "task":
      return `[${label}]`;
    case "condition":
      return `{${label}}`;
    case "wait":
      return `([${label}])`;
    case "approval":
      return `{{${label}}}`;
    case "map":
      return `[[${label}]]`;
    case "workflow":
      return `[/${label}/]`;
    default:
      return step satisfies never;
  }
}

function labelOf(step: Step): string {
  const name = escaped(step.name ?? step.id);
  const detail = step.kind === "task" ? step.type : step.kind === "workflow" ? step.workflow : undefined;
  return detail === undefined ? name : `${name}<br/><small>${escaped(detail)}</small>`;
}

/** Mermaid reads `#code;` and HTML in labels: whatever is not plain is written as a code. */
function escaped(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N} _.,:/+-]/gu, (letter) => `#${letter.codePointAt(0)};`);
}

function edgeLines(plan: Plan): readonly string[] {
  return plan.nodes
    .filter(({ role }) => role !== "close")
    .flatMap((node) =>
      node.waitsFor.map(({ from, verdict }) => {
        const source = plan.nodes[from];
        const arrow = source !== undefined && hasVerdict(source) ? `-- ${verdict ? "yes" : "no"} -->` : "-->";
        const join = node.join === "all" ? arrow : looseArrow(arrow);
        return `  ${nameOf(plan, source?.step.id ?? "")} ${join} ${nameOf(plan, node.step.id)}`;
      }),
    );
}

/** A step that does not need all it waits for has dotted arrows. */
function looseArrow(arrow: string): string {
  return arrow === "-->" ? "-.->" : arrow.replace(/^-- (.*) -->$/, "-. $1 .->");
}

export function hasVerdict({ step }: PlanNode): boolean {
  return step.kind === "condition" || step.kind === "approval";
}

function undoLines(plan: Plan): readonly string[] {
  const undoable = plan.nodes.filter(({ role, step }) => role === "step" && undoneBy(step) !== undefined);
  if (undoable.length === 0) return [];
  const boxes = undoable.map(({ step }) => {
    const type = escaped(undoneBy(step)?.type ?? workOf(step)?.type ?? "");
    return `    u${nameOf(plan, step.id)}["${escaped(step.name ?? step.id)}<br/><small>${type}</small>"]`;
  });
  const arrows = undoable.map(({ step }) => {
    const name = nameOf(plan, step.id);
    return `  ${name} -. undone by .-> u${name}`;
  });
  return ['  subgraph undoing["undone in reverse"]', ...boxes, "  end", ...arrows];
}

function classLines(plan: Plan, statuses: ReadonlyMap<string, StepStatus>): readonly string[] {
  return stepStatuses.flatMap((status) => {
    const style = styles[status];
    const names = plan.nodes
      .filter(({ role, id }) => role !== "open" && statuses.get(id) === status)
      .map(({ id }) => nameOf(plan, id));
    if (style === undefined || names.length === 0) return [];
    return [`  classDef ${status} ${style}`, `  class ${names.join(",")} ${status}`];
  });
}

function nameOf(plan: Plan, id: string): string {
  return `n${plan.byId.get(id) ?? 0}`;
}
