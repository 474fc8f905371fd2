// Occurrences: the nominal instants of a task, with what was decided about each.

import { z } from "zod";
import { decisionReasons, decisions } from "../../domain/occurrence.ts";
import { instantOut } from "./scalars.ts";

export const occurrenceOut = z
  .object({
    taskId: z.string(),
    scheduledFor: instantOut,
    until: instantOut.optional().describe("Last instant of a stretch that shares the decision"),
    count: z.int().optional().describe("Instants in the stretch, where known"),
    dueAt: instantOut,
    decision: z.enum(decisions),
    reason: z.enum(decisionReasons).optional(),
    runId: z.string().optional(),
    into: z.string().optional().describe("The instant, or the run, that stands for a coalesced one"),
    latenessMs: z.number().optional().describe("Milliseconds between the due time and the decision"),
    decidedAt: instantOut,
  })
  .meta({ id: "Occurrence" });

export const upcomingOut = z
  .object({ taskId: z.string(), scheduledFor: instantOut })
  .meta({ id: "Upcoming" });
