// The filter of a list, read by the fields that its things have.

import { z } from "zod";
import type { Filter } from "../../domain/filter/expression.ts";
import { filterLimits, parseFilter } from "../../domain/filter/parse.ts";
import type { Vocabulary } from "../../domain/filter/vocabulary.ts";
import { listOrders } from "../../domain/filter/order.ts";

const examples: Readonly<Record<string, string>> = {
  runs: 'status:failed type:report created>-1h params.city:"北京"',
  tasks: "status:active tag:night -user:ann",
  occurrences: "decision:missed,skipped scheduled>-1d",
};

/** Read as an expression; what cannot be read is told by its place, counted in characters from 1. */
export function filterSchema(vocabulary: Vocabulary) {
  const example = examples[vocabulary.things] ?? "";
  return z
    .string()
    .max(filterLimits.length)
    .transform((text, context): Filter => {
      const parsed = parseFilter(text, vocabulary);
      if (parsed.ok) return parsed.filter;
      const { at, message } = parsed.problem;
      const character = Array.from(text.slice(0, at)).length + 1;
      context.addIssue({ code: "custom", message: `character ${character}: ${message}` });
      return z.NEVER;
    })
    .describe(`Which ${vocabulary.things}, in the filter language, for example \`${example}\``);
}

/** The fields of a list that can be filtered and turned round. */
export function listFields(vocabulary: Vocabulary) {
  return {
    filter: filterSchema(vocabulary).optional(),
    order: z.enum(listOrders).describe("By time; default `newest` first").optional(),
  };
}
