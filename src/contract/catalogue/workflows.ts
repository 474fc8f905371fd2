// The operations on workflows. So far on definitions alone: nothing of them is stored.

import { z } from "zod";
import { operation } from "../operation.ts";
import {
  checkOut,
  drawFields,
  drawingOut,
  simulatedRunOut,
  simulateWorkflowFields,
  workflowInputFields,
} from "../schema/workflow-trial.ts";

const spoken = { none: "a definition is written, not said" };

export const workflowOperations = {
  "workflows.check": operation("workflows.check", {
    summary: { en: "Check a workflow's definition", zh: "检查工作流定义" },
    description:
      "Unknown steps, cycles, unreachable steps and bad expressions, each with its place. Stores nothing.",
    input: z.strictObject(workflowInputFields),
    output: checkOut,
    permission: "viewer",
    effect: "reads",
    idempotent: true,
    errors: [],
    mcp: { tool: "workflow_check" },
    say: spoken,
    cli: { noun: "workflows", verb: "check" },
  }),
  "workflows.simulate": operation("workflows.simulate", {
    summary: { en: "Show what a run of a workflow would do", zh: "模拟工作流的一次运行" },
    description:
      "Plays it in virtual time with assumed outcomes of its steps; expressions are computed. Executes and stores nothing.",
    input: z.strictObject(simulateWorkflowFields),
    output: simulatedRunOut,
    permission: "viewer",
    effect: "reads",
    idempotent: true,
    errors: [],
    mcp: { tool: "workflow_simulate" },
    say: spoken,
    cli: { noun: "workflows", verb: "simulate" },
  }),
  "workflows.draw": operation("workflows.draw", {
    summary: { en: "Draw a workflow as text and as Mermaid", zh: "以文本和 Mermaid 绘制工作流" },
    input: z.strictObject(drawFields),
    output: drawingOut,
    permission: "viewer",
    effect: "reads",
    idempotent: true,
    errors: [],
    mcp: { tool: "workflow_draw" },
    say: spoken,
    cli: { noun: "workflows", verb: "graph" },
  }),
};
