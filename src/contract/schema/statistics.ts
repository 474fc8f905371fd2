// Counts: how many tasks and runs there are in each state, and what the schedules are about to do.

import { z } from "zod";
import { runStatuses } from "../../domain/run-state.ts";
import { taskStatuses } from "../../domain/task-state.ts";
import { instantOut } from "./scalars.ts";

const count = z.int();

export const statsOut = z
  .object({
    runs: z.object({ total: count, ...countsOf(runStatuses) }).describe("Runs that are kept, in every state"),
    tasks: z.object({ total: count, ...countsOf(taskStatuses) }),
    schedules: z
      .object({
        totalScheduledTasks: count.describe("Tasks whose trigger has instants, finished ones included"),
        enabledTasks: count.describe("Of these, the active ones"),
        disabledTasks: count.describe("Of these, the paused ones"),
        totalRuns: count.describe("Runs that their instants have started so far"),
        upcomingRuns: count.describe("Enabled tasks whose next instant is known"),
        nextRun: instantOut.nullable().describe("The earliest of those instants"),
      })
      .describe("What the schedules have done and are about to do"),
  })
  .meta({ id: "Stats" });

export const limitsOut = z
  .object({
    paramsBytes: count,
    resultBytes: count,
    stepBytes: count,
    logBytes: count,
    outputBytes: count,
    steps: count,
    depth: count,
    bulkItems: count,
  })
  .meta({ id: "Limits" });

export const cleanupOut = z
  .object({ runs: count, occurrences: count, events: count, audit: count })
  .meta({ id: "Cleanup" });

function countsOf<Status extends string>(statuses: readonly Status[]): Record<Status, z.ZodInt> {
  return Object.fromEntries(statuses.map((status) => [status, count])) as Record<Status, z.ZodInt>; // one for each
}
