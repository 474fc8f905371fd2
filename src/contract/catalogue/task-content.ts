// The operations on what a task says: its whole content by your own id.

import { z } from "zod";
import { operation } from "../operation.ts";
import { lineSchema } from "../schema/scalars.ts";
import { expectedRevision, newTaskFields, upsertedTaskOut } from "../schema/task.ts";

export const taskContentOperations = {
  "tasks.upsert": operation("tasks.upsert", {
    summary: { en: "Create a task, or make it what is given", zh: "按外部编号创建或更新任务" },
    description:
      "The whole content: what is absent gets its default. Equal content makes no revision and leaves the schedule " +
      "where it is; any number of processes may ask at once. `status` counts only for a task that is created.",
    input: z.strictObject({
      ...newTaskFields,
      externalId: lineSchema(200).describe("Your own id for it; unique for each owner"),
      expectedRevision,
    }),
    output: upsertedTaskOut,
    permission: "operator",
    effect: "changes",
    idempotent: true,
    undo: "change it back; every revision is kept",
    errors: [
      "REVISION_MISMATCH",
      "ILLEGAL_TRANSITION",
      "INVALID_TRIGGER",
      "IN_THE_PAST",
      "EXECUTOR_NOT_FOUND",
      "INVALID_PARAMETERS",
      "DEPENDENCY_CYCLE",
      "NOT_FOUND",
      "PAYLOAD_TOO_LARGE",
      "LEDGER_FULL",
    ],
    mcp: { none: "externalIds belong to programs; a model creates and updates by id" },
    say: { none: "externalIds belong to programs" },
    cli: { noun: "tasks", verb: "upsert", args: ["externalId", "name"] },
  }),
};
