// What a caller may say about the one run it asks for, and the answer.

import { z } from "zod";
import { debounceSchema, dedupSchema } from "./dedup.ts";
import { overlapPolicySchema } from "./policies.ts";
import { runOut } from "./run.ts";
import {
  durationSchema,
  instantSchema,
  jsonSchema,
  lineSchema,
  positiveDurationSchema,
  prioritySchema,
} from "./scalars.ts";

export const triggerFields = {
  params: jsonSchema.describe("Instead of the task's own params").optional(),
  overlap: overlapPolicySchema.describe("Instead of the task's own policy, for this run").optional(),
  force: z.boolean().describe("Run although the task is paused").optional(),
  runAt: instantSchema.describe("Start then instead of now").optional(),
  delay: durationSchema.describe("Start that much later").optional(),
  priority: prioritySchema.optional(),
  key: lineSchema(200).describe("Concurrency key").optional(),
  dedup: dedupSchema.optional(),
  debounce: debounceSchema.optional(),
  expireAfter: positiveDurationSchema.describe("Ends `timed_out` if it has not begun by then").optional(),
  deadline: positiveDurationSchema.describe("Longest time of the whole run").optional(),
};

/** A run as the answer to a trigger shows it. */
export const triggeredRunOut = z
  .object({
    ...runOut.shape,
    deduplicated: z.literal(true).optional().describe("It had the key already: no new run was made"),
  })
  .meta({ id: "TriggeredRun" });
