// Events as they are told live: of the feed, and of one run with its progress, log and output.

import { z } from "zod";
import { eventTypes } from "../../domain/event.ts";
import { eventPatterns } from "../../domain/event-filter.ts";
import { logEntryOut, outputEntryOut, runEventOut, runOut } from "./run.ts";
import { instantOut, jsonSchema } from "./scalars.ts";
import { statsOut } from "./statistics.ts";
import { taskOut } from "./task.ts";

/** `run.completed`, `run.*` or `*`. */
export const eventPatternSchema = z
  .enum(eventPatterns)
  .meta({ id: "EventPattern", description: "Type of event, `run.*` for all of a kind, or `*`" });

/** The field that resumes a stream. */
export const lastEventIdSchema = z
  .string()
  .min(1)
  .max(200)
  .describe("`id` of the last one that was received: goes on after it. Also as the header `Last-Event-ID`");

export const eventOut = z
  .object({
    id: z.string().describe("Resumes a stream after this event"),
    type: z.enum(eventTypes),
    at: instantOut,
    position: z.int().describe("Place in the feed of all events; grows with commit order"),
    taskId: z.string().optional(),
    runId: z.string().optional(),
    seq: z.int().optional().describe("Number among the events of its run, from 1 without gap"),
    userId: z.string().optional(),
    conversationId: z.string().optional(),
    data: jsonSchema.optional().describe("What belongs to this type, such as the reason of a pause"),
  })
  .meta({ id: "Event" });

export const streamResetOut = z
  .object({
    id: z.string(),
    type: z.literal("reset"),
    at: instantOut,
    position: z.int(),
    reason: z
      .enum(["expired", "foreign"])
      .describe("The feed no longer goes back so far, or the id is none of this ledger's"),
    state: z
      .object({ run: runOut.optional(), task: taskOut.optional(), stats: statsOut.optional() })
      .describe("How it stands: of the run or task that was asked for, else in numbers"),
  })
  .meta({
    id: "StreamReset",
    description:
      "Events were missed that cannot be told any more; what follows goes on from the present state",
  });

export const runStreamKinds = ["event", "progress", "log", "output"] as const;
export type RunStreamKind = (typeof runStreamKinds)[number];

const id = z.string().describe("Resumes the stream after this");

export const runStreamOut = z.discriminatedUnion("type", [
  runEventOut.extend({ id }).meta({ id: "StreamedRunEvent" }),
  logEntryOut.extend({ id, type: z.literal("log") }).meta({ id: "StreamedLog" }),
  outputEntryOut.extend({ id, type: z.literal("output") }).meta({ id: "StreamedOutput" }),
  z
    .object({ id, type: z.literal("progress"), progress: jsonSchema })
    .meta({ id: "StreamedProgress", description: "How far the run is; a later one replaces it" }),
  z
    .object({ id, type: z.literal("end"), run: runOut })
    .meta({ id: "StreamEnd", description: "The run has ended, and everything of it was told" }),
]);
