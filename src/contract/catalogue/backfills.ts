// The operations on backfills: runs for past instants.

import { z } from "zod";
import { operation } from "../operation.ts";
import { backfillFields, backfillOut, backfillPreviewOut, rangeFields } from "../schema/backfill.ts";
import { pageFields, pageOf } from "../schema/page.ts";
import { idSchema, reasonSchema } from "../schema/scalars.ts";

const taskId = idSchema("task");
const id = idSchema("backfill");
const reading = { permission: "viewer", effect: "reads", idempotent: true, errors: ["NOT_FOUND"] } as const;
const unspoken = { none: "filling in the past is decided where it is seen" };

export const backfillOperations = {
  "backfills.preview": operation("backfills.preview", {
    ...reading,
    summary: { en: "Show which runs a backfill would make", zh: "预览补跑会产生的运行" },
    input: z.strictObject({ taskId, ...rangeFields }),
    output: backfillPreviewOut,
    mcp: { none: "filling in the past is for people to decide" },
    say: unspoken,
    cli: { noun: "backfills", verb: "preview", args: ["taskId"] },
  }),
  "backfills.create": operation("backfills.create", {
    summary: { en: "Make runs for past instants of a task", zh: "为任务过去的时刻补跑" },
    description:
      "For the instants of its schedule in a range, within its windows; what was decided about them stays as it is. " +
      "It goes on by itself, after a restart too. Its runs are live runs of the task: with `queue-all` the schedule " +
      "meets them under the task's own overlap policy.",
    input: z.strictObject({ taskId, ...backfillFields }),
    output: backfillOut,
    permission: "operator",
    effect: "changes",
    idempotent: false,
    undo: "backfills.cancel",
    errors: ["NOT_FOUND", "ILLEGAL_TRANSITION", "INVALID_PARAMETERS", "PAYLOAD_TOO_LARGE", "LEDGER_FULL"],
    mcp: { none: "filling in the past is for people to decide" },
    say: unspoken,
    cli: { noun: "backfills", verb: "create", args: ["taskId"] },
  }),
  "backfills.list": operation("backfills.list", {
    ...reading,
    summary: { en: "List the backfills of a task, newest first", zh: "列出任务的补跑（最新在前）" },
    input: z.strictObject({ taskId, ...pageFields }),
    output: pageOf(backfillOut),
    mcp: { tool: "task_get" },
    say: unspoken,
    cli: {
      noun: "backfills",
      verb: "list",
      args: ["taskId"],
      columns: ["id", "status", "from", "to", "planned", "created", "completed", "failed"],
    },
  }),
  "backfills.get": operation("backfills.get", {
    ...reading,
    summary: { en: "Show a backfill and how far it is", zh: "查看补跑及其进度" },
    input: z.strictObject({ id }),
    output: backfillOut,
    mcp: { tool: "task_get" },
    say: unspoken,
    cli: { noun: "backfills", verb: "get", args: ["id"] },
  }),
  "backfills.cancel": operation("backfills.cancel", {
    summary: { en: "Cancel a backfill and its live runs", zh: "取消补跑及其未结束的运行" },
    input: z.strictObject({ id, reason: reasonSchema.optional() }),
    output: backfillOut,
    permission: "operator",
    effect: "destroys",
    idempotent: true,
    undo: "backfills.create",
    errors: ["NOT_FOUND"],
    mcp: { none: "filling in the past is for people to decide" },
    say: unspoken,
    cli: { noun: "backfills", verb: "cancel", args: ["id"] },
  }),
};
