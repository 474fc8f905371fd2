// Checking, simulating and drawing a workflow: what goes in, and what is answered.

import { z } from "zod";
import { stepKinds, workflowBounds } from "../../domain/workflow/definition.ts";
import { stepStatuses } from "../../domain/workflow/step-state.ts";
import { durationSchema, instantSchema, jsonSchema } from "./scalars.ts";
import { workflowFields, workflowNameSchema } from "./workflow.ts";

/** A definition under its name: the whole body of a check, a field of the others. */
export const workflowInputFields = { name: workflowNameSchema, ...workflowFields };

const definitionSchema = z
  .strictObject(workflowInputFields)
  .meta({ id: "Workflow", description: "A workflow: its name, its steps, and what they share" });

const issueOut = z
  .object({
    path: z.string().describe("Dotted path within the definition, for example `steps.2.if`"),
    code: z.string(),
    message: z.string(),
  })
  .meta({ id: "WorkflowIssue" });

export const checkOut = z
  .object({
    ok: z.boolean().describe("It can be run: there are no issues"),
    issues: z.array(issueOut),
    warnings: z.array(issueOut).describe("Types and functions that nobody has so far"),
    steps: z.int().describe("Steps, those of groups included"),
    depth: z.int().nullable().describe("Layers of steps one below the other; null where it is no graph"),
  })
  .meta({ id: "WorkflowFindings" });

const assumedStatuses = ["completed", "failed", "timed_out", "cancelled"] as const;

const outcomeSchema = z
  .strictObject({
    status: z
      .enum(assumedStatuses)
      .describe("How it ends, its retries included; default completed")
      .optional(),
    output: jsonSchema.describe("Default null; of an approval the first option that fits").optional(),
    verdict: z.boolean().describe("Of an approval; of a condition instead of computing it").optional(),
    takes: durationSchema.describe("Default 1s, and of a wait its time").optional(),
    undo: z
      .strictObject({
        status: z.enum(["completed", "failed"]).optional(),
        takes: durationSchema.optional(),
        answer: z.enum(["skip", "give-up"]).describe("What a person says when it failed").optional(),
      })
      .describe("How its compensation ends")
      .optional(),
  })
  .meta({ id: "AssumedOutcome" });

export const simulateWorkflowFields = {
  definition: definitionSchema,
  input: jsonSchema.describe("Default {}").optional(),
  outcomes: z
    .record(z.string().max(100), outcomeSchema)
    .refine(
      (outcomes) => Object.keys(outcomes).length <= workflowBounds.mapItems,
      `at most ${workflowBounds.mapItems} outcomes`,
    )
    .describe("How steps end, by id; `id#2` is the third element of a map")
    .optional(),
  startAt: instantSchema.describe("What `run.startedAt` says; default now").optional(),
  cancelAt: durationSchema.describe("How long after its start somebody cancels the run").optional(),
};

const errorOut = z.object({ code: z.string(), message: z.string(), retryable: z.boolean() });
const atMs = z.number().describe("Milliseconds from the start of the run");

export const simulatedRunOut = z
  .object({
    events: z.array(
      z.object({
        atMs,
        event: z.string().describe("For example `step.started` or `workflow.completed`"),
        stepId: z.string().optional(),
        index: z.int().describe("Place of an element in a map").optional(),
        params: z.unknown().describe("What the code of the step would be given").optional(),
        message: z.string().optional(),
      }),
    ),
    steps: z.array(
      z.object({
        id: z.string(),
        kind: z.enum(stepKinds),
        status: z.enum(stepStatuses),
        startedMs: z.number().optional(),
        endedMs: z.number().optional(),
        verdict: z.boolean().optional(),
        output: z.unknown().optional(),
        error: errorOut.optional(),
      }),
    ),
    end: z
      .object({
        status: z.enum(["completed", "failed", "cancelled", "timed_out", "waiting"]),
        atMs,
        output: z.unknown().optional(),
        error: errorOut.optional(),
        failedStep: z.string().optional(),
        compensated: z.boolean().describe("Whether all that was to be undone was").optional(),
      })
      .nullable()
      .describe("Null where the simulation was cut"),
    truncated: z.boolean().describe("More would have followed"),
  })
  .meta({ id: "WorkflowSimulation" });

export const drawFields = {
  definition: definitionSchema,
  statuses: z
    .record(z.string().max(100), z.enum(stepStatuses))
    .describe("States of steps by id, which colour them")
    .optional(),
};

export const drawingOut = z
  .object({
    mermaid: z.string().describe("A Mermaid flowchart"),
    text: z.string().describe("For a terminal: layers of steps, each with what it waits for"),
  })
  .meta({ id: "WorkflowDrawing" });
