// The revisions of a task: what it said before, and what was changed.

import { z } from "zod";
import { instantOut, jsonSchema } from "./scalars.ts";
import { definitionOut } from "./task.ts";

const path = z.string().describe("JSON Pointer into the definition");

const changeOut = z
  .union([
    z.object({ op: z.literal("add"), path, value: jsonSchema }),
    z.object({ op: z.literal("remove"), path, before: jsonSchema }),
    z.object({ op: z.literal("replace"), path, before: jsonSchema, value: jsonSchema }),
  ])
  .meta({ id: "Change", description: "In order they are a JSON Patch (RFC 6902), with `before` beside it" });

const head = { taskId: z.string(), revision: z.int(), createdAt: instantOut };

/** A revision as lists show it. */
export const revisionItemOut = z
  .object({
    ...head,
    changed: z.array(path).describe("What differs from the revision before; empty for the first one"),
  })
  .meta({ id: "RevisionItem" });

export const revisionOut = z
  .object({
    ...head,
    definition: definitionOut,
    against: z.int().optional().describe("The revision it is compared with"),
    changes: z.array(changeOut).optional().describe("What makes this one of that"),
  })
  .meta({ id: "Revision" });
