// The run and everything that hangs on it: its events, logs, output and attempts.

import { z } from "zod";
import { eventTypes } from "../../domain/event.ts";
import { runStatuses } from "../../domain/run-state.ts";
import { cancelCauses, startKinds } from "../../domain/run.ts";
import { instantOut, jsonObjectSchema, jsonSchema } from "./scalars.ts";
import { pausedByOut } from "./task.ts";

const runErrorOut = z
  .object({
    code: z.string().describe("A code of Rota, or the `code` of what the executor threw"),
    message: z.string(),
    retryable: z.boolean(),
    details: jsonObjectSchema.optional(),
    stack: z.string().optional(),
  })
  .meta({ id: "RunError" });

const resultOut = z
  .object({
    success: z.boolean(),
    message: z.string(),
    data: jsonSchema,
    error: runErrorOut.nullable(),
    duration: z.number().nullable().describe("Seconds"),
    metadata: jsonObjectSchema,
  })
  .meta({ id: "Result" });

export const runOut = z
  .object({
    id: z.string(),
    taskId: z.string(),
    parentRunId: z.string().optional(),
    stepId: z.string().optional(),
    retryOf: z.string().optional(),
    backfillId: z.string().optional(),
    type: z.string(),
    status: z.enum(runStatuses),
    revision: z.int().describe("The revision of the task which this run pins"),
    scheduledFor: instantOut.describe(
      "The nominal instant; for a run that no schedule started, when it was to start",
    ),
    dueAt: instantOut,
    attempt: z.int(),
    maxAttempts: z.int(),
    claim: z.int(),
    recoveries: z.int(),
    interruptions: z.int(),
    params: jsonSchema,
    result: resultOut.optional(),
    error: runErrorOut.optional(),
    progress: jsonSchema.optional(),
    queue: z.string(),
    priority: z.int(),
    concurrencyKey: z.string().optional(),
    userId: z.string().optional(),
    conversationId: z.string().optional(),
    workerId: z.string().optional(),
    createdAt: instantOut,
    startedAt: instantOut.optional(),
    finishedAt: instantOut.optional(),
    durationMs: z.number().optional().describe("Milliseconds from the first start to the end"),
    deadlineAt: instantOut.optional(),
    expireAt: instantOut.optional(),
    resumeAt: instantOut.optional().describe("When it may go on"),
    startedBy: z.object({
      kind: z.enum(startKinds),
      actor: z.string().optional(),
      id: z.string().optional(),
    }),
    cancel: z
      .object({
        cause: z.enum(cancelCauses),
        actor: z.string(),
        reason: z.string().optional(),
        requestedAt: instantOut,
        stateOnly: z.boolean().optional().describe("The code could not be stopped and may still be at work"),
      })
      .optional(),
    pausedBy: pausedByOut.optional(),
    question: z
      .object({
        prompt: z.string(),
        options: z.array(z.string()).optional(),
        defaultAnswer: jsonSchema.optional(),
      })
      .optional(),
    heldBy: z
      .string()
      .optional()
      .describe("What keeps a pending run off the queue; `explain` says it in words"),
  })
  .meta({ id: "Run" });

export const runEventOut = z
  .object({ seq: z.int(), type: z.enum(eventTypes), at: instantOut, data: jsonSchema.optional() })
  .meta({ id: "RunEvent" });

export const logEntryOut = z
  .object({
    index: z.int(),
    at: instantOut,
    level: z.enum(["debug", "info", "warn", "error"]),
    message: z.string(),
    fields: jsonSchema.optional(),
    claim: z.int(),
  })
  .meta({ id: "LogEntry" });

export const outputEntryOut = z.object({ index: z.int(), chunk: jsonSchema }).meta({ id: "OutputEntry" });

export const attemptOut = z
  .object({
    claim: z.int(),
    attempt: z.int(),
    workerId: z.string(),
    startedAt: instantOut,
    endedAt: instantOut.optional(),
    endedBy: z.string().optional(),
    error: runErrorOut.optional(),
  })
  .meta({ id: "Attempt" });
