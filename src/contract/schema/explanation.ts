// Why something has not started, or what it is doing: causes in order, in words.

import { z } from "zod";
import { instantOut, jsonObjectSchema, wordsOut } from "./scalars.ts";

export const explanationOut = z
  .object({
    summary: wordsOut,
    causes: z
      .array(
        z.object({
          code: z.string(),
          message: wordsOut,
          since: instantOut.optional(),
          until: instantOut.optional(),
          details: jsonObjectSchema.optional(),
        }),
      )
      .describe("Most telling first"),
  })
  .meta({ id: "Explanation" });
