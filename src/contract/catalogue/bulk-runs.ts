// The operations on many runs at once.

import { z } from "zod";
import { defaultLimits } from "../../domain/limits.ts";
import { operation } from "../operation.ts";
import { idSchema } from "../schema/scalars.ts";
import { triggeredRunOut, triggerFields } from "../schema/triggered-run.ts";

export const bulkRunOperations = {
  "tasks.triggerMany": operation("tasks.triggerMany", {
    summary: { en: "Run a task many times, all or none", zh: "批量运行任务（全部成功或全部不做）" },
    description:
      "One transaction: when one item is refused nothing is stored, and `details.index` names it. Runs come in the " +
      "order of the items.",
    input: z.strictObject({
      id: idSchema("task"),
      items: z
        .array(z.strictObject(triggerFields))
        .min(1)
        .max(defaultLimits.bulkItems)
        .describe("One for each run"),
    }),
    output: z.object({ runs: z.array(triggeredRunOut) }),
    permission: "operator",
    effect: "changes",
    idempotent: false,
    undo: "runs.cancel",
    errors: [
      "NOT_FOUND",
      "TASK_PAUSED",
      "OVERLAP",
      "ALREADY_EXISTS",
      "ILLEGAL_TRANSITION",
      "EXECUTOR_NOT_FOUND",
      "INVALID_PARAMETERS",
      "PAYLOAD_TOO_LARGE",
      "LEDGER_FULL",
    ],
    mcp: { none: "models start one run at a time" },
    say: { none: "what is said starts one run at a time" },
    cli: { noun: "tasks", verb: "trigger-many", args: ["id"], columns: ["runs"] },
  }),
};
