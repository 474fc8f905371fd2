// Changing many things at once: what every such verb takes and answers.

import { z } from "zod";
import type { Vocabulary } from "../../domain/filter/vocabulary.ts";
import { isEverything } from "../../domain/filter/expression.ts";
import { filterSchema } from "./filter.ts";
import { cursorSchema } from "./scalars.ts";

/** Refusals that are told one by one; the others are counted. */
export const mostRefusals = 100;
/** Things shown of those that a filter matches. */
export const sampleSize = 10;

export function bulkFields(vocabulary: Vocabulary) {
  return {
    filter: filterSchema(vocabulary).refine((filter) => !isEverything(filter), {
      message: `must not be empty; for all ${vocabulary.things} write created<now`,
    }),
    expectedCount: z
      .int()
      .min(0)
      .describe(
        "How many you expect it to match; refused when it is more than 5 % off. Needed unless `dryRun`",
      )
      .optional(),
    dryRun: z.boolean().describe("Change nothing: count, and show some").optional(),
    limit: z
      .int()
      .min(1)
      .max(100_000)
      .describe("Go through so many, then answer with `nextCursor`")
      .optional(),
    cursor: cursorSchema.optional(),
  };
}

export const bulkOut = z
  .object({
    matched: z.int().describe("What the filter matched when this was first asked"),
    changed: z.int().describe("Changed by this call"),
    unchanged: z.int().describe("Were so already"),
    refusedCount: z.int().describe("Could not be changed"),
    refused: z
      .array(z.object({ id: z.string(), code: z.string(), message: z.string() }))
      .describe(`The first ${mostRefusals} of these, with the reason`),
    sample: z
      .array(z.object({ id: z.string(), name: z.string(), type: z.string(), status: z.string() }))
      .describe(`Of a \`dryRun\`: the newest ${sampleSize}`),
    nextCursor: z.string().nullable().describe("Goes on where this call stopped; null when all is done"),
  })
  .meta({ id: "BulkAnswer" });
