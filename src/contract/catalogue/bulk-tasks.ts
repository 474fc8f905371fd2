// The operations on many tasks at once.

import { z } from "zod";
import { defaultLimits } from "../../domain/limits.ts";
import { operation } from "../operation.ts";
import { createdTaskOut, newTaskFields } from "../schema/task.ts";

export const bulkTaskOperations = {
  "tasks.createMany": operation("tasks.createMany", {
    summary: { en: "Create many tasks, all or none", zh: "批量创建任务（全部成功或全部不做）" },
    description:
      "One transaction: when one item is refused nothing is stored, and `details.index` names it. Tasks come in the " +
      "order of the items, each with what was decided for it; read a task to see it whole.",
    input: z.strictObject({
      items: z
        .array(z.strictObject(newTaskFields))
        .min(1)
        .max(defaultLimits.bulkItems)
        .describe("One for each task"),
    }),
    output: z.object({ tasks: z.array(createdTaskOut) }),
    permission: "operator",
    effect: "changes",
    idempotent: false,
    undo: "tasks.delete",
    errors: [
      "INVALID_TRIGGER",
      "IN_THE_PAST",
      "EXECUTOR_NOT_FOUND",
      "INVALID_PARAMETERS",
      "ALREADY_EXISTS",
      "DEPENDENCY_CYCLE",
      "NOT_FOUND",
      "PAYLOAD_TOO_LARGE",
      "LEDGER_FULL",
    ],
    mcp: { none: "models create one task at a time" },
    say: { none: "what is said creates one task at a time" },
    cli: { noun: "tasks", verb: "create-many", columns: ["tasks"] },
  }),
};
