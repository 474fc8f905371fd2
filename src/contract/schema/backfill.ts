// Backfills: how they are asked for, and how they are shown.

import { z } from "zod";
import { backfillOverlaps, backfillStatuses, mostBackfilled } from "../../domain/backfill.ts";
import { instantOut, instantSchema, jsonSchema, prioritySchema, reasonSchema } from "./scalars.ts";

const overlap = z
  .enum(backfillOverlaps)
  .describe("`queue-all`: one after another, behind whatever run of the task is live; `allow`: together");

/** Which instants, and how their runs are made. */
export const rangeFields = {
  from: instantSchema.describe("Instants from here on"),
  to: instantSchema.describe("Up to and including this moment; default now").optional(),
  limit: z
    .int()
    .min(1)
    .max(mostBackfilled)
    .describe("Refuse a range with more instants; default 1000")
    .optional(),
};

export const backfillFields = {
  ...rangeFields,
  overlap: overlap.describe("Default `allow` where the task says so, else `queue-all`").optional(),
  priority: prioritySchema.describe("Default 3: behind what is due now").optional(),
  params: jsonSchema.describe("Instead of the task's own params").optional(),
  reason: reasonSchema.optional(),
};

export const backfillPreviewOut = z
  .object({
    planned: z.int().describe("Runs it would make"),
    first: instantOut.optional(),
    last: instantOut.optional(),
    times: z.array(instantOut).describe("The first instants, at most ten"),
  })
  .meta({ id: "BackfillPreview" });

export const backfillOut = z
  .object({
    id: z.string(),
    taskId: z.string(),
    revision: z.int().describe("The revision whose instants they are, and which its runs pin"),
    status: z.enum(backfillStatuses),
    from: instantOut,
    to: instantOut,
    overlap,
    priority: z.int(),
    reason: z.string().optional(),
    actor: z.string(),
    planned: z.int().describe("Runs in all"),
    created: z.int().describe("Runs made so far"),
    live: z.int(),
    completed: z.int(),
    failed: z.int(),
    cancelled: z.int(),
    madeThrough: instantOut.optional().describe("Every instant up to this one has its run"),
    createdAt: instantOut,
    finishedAt: instantOut.optional(),
  })
  .meta({ id: "Backfill" });
