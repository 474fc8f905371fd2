// A workflow drawn for a terminal: one layer of steps below the other, each with what it waits for.

import { formatDuration } from "../duration.ts";
import type { Step, WorkflowDefinition } from "./definition.ts";
import { layersOf } from "./layers.ts";
import { hasVerdict } from "./mermaid.ts";
import { planOf, type Plan, type PlanNode } from "./plan.ts";
import type { StepStatus } from "./step-state.ts";
import { undoneBy } from "./step.ts";

/** More steps than this are told by layer, since nobody reads a drawing of them. */
const mostDrawn = 40;
const namedOfLayer = 6;

const marks: Readonly<Record<StepStatus, string>> = {
  pending: "·",
  deciding: "▶",
  running: "▶",
  completing: "▶",
  completed: "✓",
  failed: "✗",
  skipped: "–",
  cancelled: "×",
};

const shapes: Readonly<Record<Step["kind"], string>> = {
  task: "■",
  condition: "◆",
  wait: "◷",
  approval: "☺",
  parallel: "╦",
  map: "≡",
  workflow: "▣",
};

type Statuses = ReadonlyMap<string, StepStatus>;

/** @param definition - one in which `checkWorkflow` finds nothing wrong */
export function drawingOf(definition: WorkflowDefinition, statuses: Statuses = new Map()): string {
  const plan = planOf(definition);
  const layers = layersOf(plan);
  const count = layers.flat().length;
  const head = `${definition.name}: ${counted(count, "step")} in ${counted(layers.length, "layer")}`;
  const body = count > mostDrawn ? layers.map(summary) : drawn(plan, layers, statuses);
  return `${[head, "", ...body].join("\n")}\n`;
}

function drawn(plan: Plan, layers: readonly (readonly PlanNode[])[], statuses: Statuses): readonly string[] {
  const rows = layers.flatMap((layer, number) =>
    layer.map((node, index) => ({
      layer: index === 0 ? String(number + 1) : "",
      isLast: index === layer.length - 1 && number < layers.length - 1,
      cells: cellsOf(plan, node, statuses),
    })),
  );
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map(({ cells }) => wide(cells[column] ?? ""))));
  const gutter = String(layers.length).length;
  return rows.flatMap(({ layer, isLast, cells }) => {
    const line = cells.map((cell, column) => padded(cell, widths[column] ?? 0)).join("  ");
    const row = `${layer.padStart(gutter)}  ${line}`.trimEnd();
    return isLast ? [row, `${" ".repeat(gutter)}  ↓`] : [row];
  });
}

/** Mark and id; what it is; what it waits for; what undoes it. */
function cellsOf(plan: Plan, node: PlanNode, statuses: Statuses): readonly string[] {
  const { step } = node;
  const status = statuses.get(step.id);
  const sign = status === undefined ? shapes[step.kind] : `${marks[status]} ${shapes[step.kind]}`;
  const group = node.gate === undefined ? "" : `${plan.nodes[node.gate]?.step.id ?? ""}/`;
  const undo = undoneBy(step);
  return [
    `${sign} ${group}${step.id}`,
    whatOf(step),
    waitsFor(plan, node),
    undo === undefined ? "" : `↩ ${undo.type}`,
  ];
}

function whatOf(step: Step): string {
  switch (step.kind) {
    case "task":
      return step.type;
    case "workflow":
      return `workflow ${step.workflow}`;
    case "map":
      return `each ${step.each.kind === "task" ? step.each.type : `workflow ${step.each.workflow}`}`;
    case "wait":
      if (step.signal !== undefined) return `wait for ${step.signal}`;
      return step.forMs === undefined ? "wait until" : `wait ${formatDuration(step.forMs)}`;
    case "approval":
      return "approval";
    case "condition":
      return "if";
    case "parallel":
      return `group of ${step.steps.length}`;
    default:
      return step satisfies never;
  }
}

const joinWords = { all: "", any: "any of ", "all-settled": "the end of " } as const;

function waitsFor(plan: Plan, { waitsFor: edges, join }: PlanNode): string {
  if (edges.length === 0) return "";
  const names = edges.map(({ from, verdict }) => {
    const source = plan.nodes[from];
    const id = source?.step.id ?? "";
    return source !== undefined && hasVerdict(source) ? `${id}: ${verdict ? "yes" : "no"}` : id;
  });
  return `← ${edges.length > 1 ? joinWords[join] : ""}${names.join(", ")}`;
}

function summary(layer: readonly PlanNode[], number: number): string {
  const names = layer.slice(0, namedOfLayer).map(({ step }) => step.id);
  const more = layer.length > namedOfLayer ? ", …" : "";
  return `${String(number + 1).padStart(4)}  ${counted(layer.length, "step")}: ${names.join(", ")}${more}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Letters that take two cells of a terminal: Chinese ones and the like. */
const wideLetters =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g;

function wide(text: string): number {
  return text.length + (text.match(wideLetters)?.length ?? 0);
}

function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - wide(text)));
}
