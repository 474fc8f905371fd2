// The operations on what a task says: its whole content by your own id, and what it said before.

import { z } from "zod";
import { operation } from "../operation.ts";
import { pageFields, pageOf } from "../schema/page.ts";
import { revisionItemOut, revisionOut } from "../schema/revision.ts";
import { idSchema, lineSchema } from "../schema/scalars.ts";
import { expectedRevision, newTaskFields, taskOut, upsertedTaskOut } from "../schema/task.ts";

const id = idSchema("task");
const revision = z.int().min(1).describe("Number of a revision");
const reading = { permission: "viewer", effect: "reads", idempotent: true, errors: ["NOT_FOUND"] } as const;

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
    undo: "tasks.revert",
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
  "tasks.revisions": operation("tasks.revisions", {
    ...reading,
    summary: { en: "List the revisions of a task, newest first", zh: "列出任务的历次修订（最新在前）" },
    input: z.strictObject({ id, ...pageFields }),
    output: pageOf(revisionItemOut),
    mcp: { tool: "task_get" },
    say: { intent: "history" },
    cli: { noun: "tasks", verb: "revisions", args: ["id"], columns: ["revision", "createdAt", "changed"] },
  }),
  "tasks.revision": operation("tasks.revision", {
    ...reading,
    summary: { en: "Show a revision of a task, and what it changed", zh: "查看任务的某次修订及其变更" },
    description: "Compared with `against`, or with the revision before it.",
    input: z.strictObject({ id, revision, against: revision.describe("Compare with this one").optional() }),
    output: revisionOut,
    mcp: { tool: "task_get" },
    say: { none: "differences are read, not heard" },
    cli: { noun: "tasks", verb: "revision", args: ["id", "revision"] },
  }),
  "tasks.revert": operation("tasks.revert", {
    summary: { en: "Make a task what it was at a revision", zh: "将任务恢复到某次修订的内容" },
    description:
      "A new revision with the old content, checked as if it were said today. Owner and externalId stay as they are.",
    input: z.strictObject({ id, revision, expectedRevision }),
    output: taskOut,
    permission: "operator",
    effect: "changes",
    idempotent: true,
    undo: "tasks.revert",
    errors: [
      "NOT_FOUND",
      "REVISION_MISMATCH",
      "ILLEGAL_TRANSITION",
      "INVALID_TRIGGER",
      "IN_THE_PAST",
      "EXECUTOR_NOT_FOUND",
      "INVALID_PARAMETERS",
      "DEPENDENCY_CYCLE",
      "LEDGER_FULL",
    ],
    mcp: { tool: "task_update" },
    say: { intent: "edit" },
    cli: { noun: "tasks", verb: "revert", args: ["id", "revision"] },
  }),
};
