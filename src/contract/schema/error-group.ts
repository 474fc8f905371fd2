// The error inbox: failed runs that failed alike.

import { z } from "zod";
import { errorStatuses } from "../../domain/error-group.ts";
import { instantOut } from "./scalars.ts";

export const errorGroupOut = z
  .object({
    fingerprint: z.string(),
    userId: z.string().optional(),
    type: z.string(),
    code: z.string(),
    message: z.string().describe("Of the newest failure"),
    frame: z.string().optional().describe("Where the code failed"),
    status: z.enum(errorStatuses),
    count: z.int().describe("Failures so far"),
    waiting: z.int().describe("Failed runs that nobody has retried or resolved"),
    firstSeen: instantOut,
    lastSeen: instantOut,
    sampleRunIds: z.array(z.string()).describe("The newest of those waiting, at most five"),
  })
  .meta({ id: "ErrorGroup" });

export const retriedAllOut = z
  .object({
    runIds: z.array(z.string()).describe("The new runs"),
    refused: z.array(z.object({ runId: z.string(), code: z.string(), message: z.string() })),
    more: z.boolean().describe("There are more; ask again"),
  })
  .meta({ id: "RetriedAll" });
