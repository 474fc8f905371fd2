// Who may come in and what they did: API keys and the audit.

import { z } from "zod";
import { roles } from "../../domain/role.ts";
import { isScope } from "../scope.ts";
import { instantOut, instantSchema, lineSchema, positiveDurationSchema, userIdSchema } from "./scalars.ts";

const scopeSchema = lineSchema(100).refine(
  isScope,
  "expected the name of an operation, `*` for any of its parts: tasks.*, *.list, runs.get",
);

export const newKeyFields = {
  name: lineSchema(100).describe("What it is for; shown wherever its holder did something"),
  role: z
    .enum(roles)
    .describe("viewer reads, operator works with tasks and runs, admin does everything")
    .default("operator"),
  userId: userIdSchema.describe("Bind it to this user: it sees and makes only what is theirs").optional(),
  scopes: z
    .array(scopeSchema)
    .min(1)
    .max(50)
    .describe("Operations it may perform, by pattern; default whatever its role allows")
    .optional(),
  expiresIn: positiveDurationSchema
    .describe("How long it is good for; default until it is revoked")
    .optional(),
};

const keyFields = {
  id: z.string(),
  name: z.string(),
  role: z.enum(roles),
  userId: z.string().optional(),
  scopes: z.array(z.string()).optional(),
  shown: z.string().describe("The beginning of its text, to tell it from others"),
  status: z.enum(["active", "expired", "revoked"]),
  createdAt: instantOut,
  createdBy: z.string(),
  expiresAt: instantOut.optional(),
  revokedAt: instantOut.optional(),
  revokedBy: z.string().optional(),
  lastUsedAt: instantOut.optional().describe("To the minute"),
};

export const keyOut = z.object(keyFields).meta({ id: "ApiKey" });

export const newKeyOut = z
  .object({ ...keyFields, key: z.string().describe("The key itself; shown now and never again") })
  .meta({ id: "NewApiKey" });

export const auditFilterFields = {
  actor: lineSchema(200).describe("Who did it").optional(),
  operation: lineSchema(100).describe("Name of an operation, for example `tasks.pause`").optional(),
  target: lineSchema(200).describe("Id or name of what it was done to").optional(),
  outcome: lineSchema(100).describe("`ok`, or the code of a refusal").optional(),
  from: instantSchema.describe("Not before this instant").optional(),
  until: instantSchema.describe("Before this instant").optional(),
};

export const auditOut = z
  .object({
    at: instantOut,
    actor: z.string().describe("A user, `key:<name>`, or `local`"),
    keyId: z.string().optional(),
    operation: z.string(),
    target: z.string().optional(),
    outcome: z.string().describe("`ok`, or the code of the refusal"),
    requestId: z.string().optional(),
    address: z.string().optional(),
  })
  .meta({ id: "AuditEntry" });
