// By what runs can be looked for.

import { z } from "zod";
import { runStatuses } from "../../domain/run-state.ts";
import { instantSchema, lineSchema, oneOrMore, queueNameSchema, typeSchema } from "./scalars.ts";

export const runFilterFields = {
  status: oneOrMore(z.enum(runStatuses)).optional(),
  type: oneOrMore(typeSchema).optional(),
  queue: queueNameSchema.optional(),
  conversationId: lineSchema(200).optional(),
  createdFrom: instantSchema.describe("Created at or after").optional(),
  createdUntil: instantSchema.describe("Created before").optional(),
};
