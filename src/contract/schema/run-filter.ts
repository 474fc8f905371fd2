// By what runs can be looked for. Every field but `order` is short for a part of a filter, and all of them together must hold.

import { z } from "zod";
import { runVocabulary } from "../../domain/filter/vocabularies.ts";
import { runStatuses } from "../../domain/run-state.ts";
import { listFields } from "./filter.ts";
import { instantSchema, lineSchema, oneOrMore, queueNameSchema, typeSchema } from "./scalars.ts";

export const runFilterFields = {
  ...listFields(runVocabulary),
  status: oneOrMore(z.enum(runStatuses)).optional(),
  type: oneOrMore(typeSchema).optional(),
  queue: queueNameSchema.optional(),
  conversationId: lineSchema(200).optional(),
  createdFrom: instantSchema.describe("Created at or after").optional(),
  createdUntil: instantSchema.describe("Created before").optional(),
};
