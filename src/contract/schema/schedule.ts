// Preview and simulation: what a trigger would do, without making a task.

import { z } from "zod";
import { decisionReasons, decisions } from "../../domain/occurrence.ts";
import { misfireSchema, overlapSchema } from "./policies.ts";
import { instantOut, instantSchema, positiveDurationSchema } from "./scalars.ts";
import { scheduleOut, warningOut } from "./task.ts";
import { triggerInputSchema, windowSchema } from "./trigger.ts";

const runDuration = positiveDurationSchema.describe(
  "How long each run is assumed to take; default no time at all",
);

export const previewFields = {
  trigger: triggerInputSchema,
  from: instantSchema.describe("Show instants after this one; default now").optional(),
  count: z.int().min(1).max(1000).default(10).describe("Instants to show"),
  runDuration: runDuration.optional(),
};

export const previewOut = z
  .object({
    ...scheduleOut.shape,
    truncated: z.boolean().describe("More would have followed: the search among exclusions was given up"),
    estimated: z.boolean().describe("The times depend on how long runs take (fixed delay)"),
  })
  .meta({ id: "Preview" });

export const simulateFields = {
  trigger: triggerInputSchema,
  from: instantSchema.describe("Where the simulated time begins; default now").optional(),
  until: instantSchema
    .describe("Instants due up to this one are decided; default a day after `from`")
    .optional(),
  outage: z
    .strictObject({ from: instantSchema, until: instantSchema })
    .refine(({ from, until }) => from < until, "an outage ends after it begins")
    .describe("A time in which nothing is decided; runs that have begun go on")
    .optional(),
  runDuration: runDuration.optional(),
  misfire: misfireSchema.optional(),
  overlap: overlapSchema.optional(),
  windows: z.array(windowSchema).max(100).optional(),
  maxRuns: z.int().min(1).optional(),
};

export const simulateOut = z
  .object({
    occurrences: z.array(
      z.object({
        scheduledFor: instantOut,
        until: instantOut.optional(),
        count: z.int().optional(),
        dueAt: instantOut,
        decision: z.enum(decisions),
        reason: z.enum(decisionReasons).optional(),
        into: instantOut.optional().describe("The instant that stands for a coalesced one"),
        decidedAt: instantOut,
        startedAt: instantOut.optional(),
        finishedAt: instantOut.optional(),
        cancelled: z.boolean().optional().describe("Ended by the next one, under `cancel-previous`"),
      }),
    ),
    truncated: z.boolean().describe("More would have followed"),
    estimated: z.boolean().describe("The instants depend on how long runs take (fixed delay)"),
    warnings: z.array(warningOut),
  })
  .meta({ id: "Simulation" });
