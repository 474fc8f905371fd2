// The operations on tasks.

import { z } from "zod";
import { taskStatuses } from "../../domain/task-state.ts";
import { operation } from "../operation.ts";
import { explanationOut } from "../schema/explanation.ts";
import { occurrenceOut, upcomingOut } from "../schema/occurrence.ts";
import { pageFields, pageOf } from "../schema/page.ts";
import { runOut } from "../schema/run.ts";
import { runFilterFields } from "../schema/run-filter.ts";
import {
  durationSchema,
  idSchema,
  instantSchema,
  lineSchema,
  oneOrMore,
  prioritySchema,
  reasonSchema,
  textSchema,
  typeSchema,
  userIdSchema,
} from "../schema/scalars.ts";
import { expectedRevision, newTaskFields, taskItemOut, taskOut, taskPatchFields } from "../schema/task.ts";
import { triggeredRunOut, triggerFields } from "../schema/triggered-run.ts";

const id = idSchema("task");
const taskColumns = ["id", "name", "type", "status", "nextFireAt", "lastRun.status"];

const filterFields = {
  status: oneOrMore(z.enum(taskStatuses)).optional(),
  type: oneOrMore(typeSchema).optional(),
  priority: oneOrMore(prioritySchema).optional(),
  tag: oneOrMore(lineSchema(100)).optional(),
  conversationId: lineSchema(200).optional(),
  q: textSchema(200).describe("Part of the name or description").optional(),
  ...pageFields,
};

export const taskOperations = {
  "tasks.create": operation("tasks.create", {
    summary: { en: "Create a task", zh: "创建任务" },
    description:
      "The answer tells the next times in words and numbers, and warns of clock changes they meet.",
    input: z.strictObject(newTaskFields),
    output: taskOut,
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
      "DEPENDENCY_NOT_FOUND",
      "DEPENDENCY_CYCLE",
      "PAYLOAD_TOO_LARGE",
      "LEDGER_FULL",
    ],
    mcp: { tool: "task_create" },
    say: { intent: "create" },
    cli: { noun: "tasks", verb: "create", args: ["name"] },
  }),
  "tasks.list": operation("tasks.list", {
    summary: { en: "List tasks, newest first", zh: "列出任务（最新在前）" },
    input: z.strictObject({ userId: userIdSchema.optional(), ...filterFields }),
    output: pageOf(taskItemOut),
    permission: "viewer",
    effect: "reads",
    idempotent: true,
    errors: [],
    mcp: { tool: "task_find" },
    say: { intent: "list" },
    cli: { noun: "tasks", verb: "list", columns: taskColumns },
  }),
  "tasks.get": operation("tasks.get", {
    summary: { en: "Show a task with its schedule", zh: "查看任务及其计划" },
    input: z.strictObject({ id }),
    output: taskOut,
    permission: "viewer",
    effect: "reads",
    idempotent: true,
    errors: ["NOT_FOUND"],
    mcp: { tool: "task_get" },
    say: { intent: "show" },
    cli: { noun: "tasks", verb: "get", args: ["id"] },
  }),
  "tasks.update": operation("tasks.update", {
    summary: { en: "Change a task", zh: "修改任务" },
    description:
      "What is absent stays, `null` removes. Runs that exist keep the revision they were created under.",
    input: z.strictObject({
      id,
      expectedRevision,
      ...taskPatchFields,
    }),
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
      "ALREADY_EXISTS",
      "DEPENDENCY_NOT_FOUND",
      "DEPENDENCY_CYCLE",
      "PAYLOAD_TOO_LARGE",
      "LEDGER_FULL",
    ],
    mcp: { tool: "task_update" },
    say: { intent: "edit" },
    cli: { noun: "tasks", verb: "update", args: ["id"] },
  }),
  "tasks.delete": operation("tasks.delete", {
    summary: { en: "Delete a task and cancel its live runs", zh: "删除任务并取消其未结束的运行" },
    description: "The task disappears and its externalId is free again; its runs stay readable.",
    input: z.strictObject({ id, expectedRevision }),
    output: z.null(),
    permission: "operator",
    effect: "destroys",
    idempotent: true,
    errors: ["NOT_FOUND", "REVISION_MISMATCH"],
    mcp: { tool: "task_delete" },
    say: { none: "what is said cancels; deleting for good is left to the other faces" },
    cli: { noun: "tasks", verb: "delete", args: ["id"] },
  }),
  "tasks.pause": operation("tasks.pause", {
    summary: { en: "Pause a task: nothing new starts", zh: "暂停任务：不再启动新的运行" },
    description:
      "What runs goes on. Pausing again keeps the reason and `resumeAt` of before, unless it names others.",
    input: z.strictObject({
      id,
      reason: reasonSchema.optional(),
      resumeAt: instantSchema.describe("When it goes on by itself").optional(),
    }),
    output: taskOut,
    permission: "operator",
    effect: "changes",
    idempotent: true,
    undo: "tasks.resume",
    errors: ["NOT_FOUND", "ILLEGAL_TRANSITION"],
    mcp: { tool: "schedule_pause" },
    say: { intent: "pause" },
    cli: { noun: "tasks", verb: "pause", args: ["id"] },
  }),
  "tasks.resume": operation("tasks.resume", {
    summary: { en: "Resume a paused task", zh: "恢复已暂停的任务" },
    input: z.strictObject({
      id,
      from: z
        .enum(["now", "paused-at"])
        .describe("`now` skips the instants of the pause, `paused-at` gives them to the misfire rule")
        .optional(),
    }),
    output: taskOut,
    permission: "operator",
    effect: "changes",
    idempotent: false,
    undo: "tasks.pause",
    errors: ["NOT_FOUND", "ILLEGAL_TRANSITION", "NOTHING_LEFT_TO_RUN"],
    mcp: { tool: "schedule_resume" },
    say: { intent: "resume" },
    cli: { noun: "tasks", verb: "resume", args: ["id"] },
  }),
  "tasks.cancel": operation("tasks.cancel", {
    summary: { en: "Stop a task for good", zh: "彻底取消任务" },
    description: "Its schedule ends; live runs are cancelled too unless `runs` is `finish`.",
    input: z.strictObject({
      id,
      reason: reasonSchema.optional(),
      grace: durationSchema.describe("Between the abort signal and force").optional(),
      force: z.boolean().describe("No grace at all").optional(),
      runs: z.enum(["cancel", "finish"]).describe("What becomes of live runs; default cancel").optional(),
      expectedRevision,
    }),
    output: taskOut,
    permission: "operator",
    effect: "destroys",
    idempotent: true,
    errors: ["NOT_FOUND", "REVISION_MISMATCH"],
    mcp: { tool: "task_cancel" },
    say: { intent: "cancel" },
    cli: { noun: "tasks", verb: "cancel", args: ["id"] },
  }),
  "tasks.trigger": operation("tasks.trigger", {
    summary: { en: "Run a task now", zh: "立即运行任务" },
    description:
      "Bypasses the schedule. With `wait` the answer comes when the run has ended, or as it is when that time is over. " +
      "A run that had the `dedup` or `debounce` key already is answered with 200.",
    input: z.strictObject({
      id,
      wait: durationSchema
        .refine((ms) => ms <= 60_000, "at most 60s")
        .describe("Wait for the end, at most 60s")
        .optional(),
      ...triggerFields,
    }),
    output: triggeredRunOut,
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
    mcp: { tool: "task_run_now" },
    say: { intent: "trigger" },
    cli: { noun: "tasks", verb: "trigger", args: ["id"] },
  }),
  "tasks.runs": operation("tasks.runs", {
    summary: { en: "List the runs of a task, newest first", zh: "列出任务的运行记录（最新在前）" },
    input: z.strictObject({ id, ...runFilterFields, ...pageFields }),
    output: pageOf(runOut),
    permission: "viewer",
    effect: "reads",
    idempotent: true,
    errors: ["NOT_FOUND"],
    mcp: { tool: "run_list" },
    say: { intent: "history" },
    cli: {
      noun: "tasks",
      verb: "runs",
      args: ["id"],
      columns: ["id", "status", "scheduledFor", "attempt", "durationMs"],
    },
  }),
  "tasks.occurrences": operation("tasks.occurrences", {
    summary: {
      en: "List the past instants of a task with what was decided",
      zh: "列出任务已到期的时刻及其决定",
    },
    description:
      "Newest first, one item for each instant; `collapsed` keeps stretches of equal decisions together.",
    input: z.strictObject({
      id,
      collapsed: z.boolean().describe("One item for a stretch of equal decisions").optional(),
      ...pageFields,
    }),
    output: pageOf(occurrenceOut),
    permission: "viewer",
    effect: "reads",
    idempotent: true,
    errors: ["NOT_FOUND"],
    mcp: { none: "task_get and run_list answer what a model asks; the ledger of instants is for people" },
    say: { intent: "history" },
    cli: {
      noun: "tasks",
      verb: "occurrences",
      args: ["id"],
      columns: ["scheduledFor", "decision", "reason", "runId", "latenessMs"],
    },
  }),
  "tasks.upcoming": operation("tasks.upcoming", {
    summary: { en: "List the next instants of a task", zh: "列出任务接下来的触发时刻" },
    input: z.strictObject({ id, limit: z.int().min(1).max(1000).default(10).describe("Instants to show") }),
    output: pageOf(upcomingOut),
    permission: "viewer",
    effect: "reads",
    idempotent: true,
    errors: ["NOT_FOUND"],
    mcp: { tool: "task_get" },
    say: { intent: "show" },
    cli: { noun: "tasks", verb: "upcoming", args: ["id"], columns: ["scheduledFor"] },
  }),
  "tasks.explain": operation("tasks.explain", {
    summary: {
      en: "Explain what a task is doing, or why it is not",
      zh: "解释任务正在做什么，或为什么没有执行",
    },
    input: z.strictObject({ id }),
    output: explanationOut,
    permission: "viewer",
    effect: "reads",
    idempotent: true,
    errors: ["NOT_FOUND"],
    mcp: { tool: "task_get" },
    say: { intent: "explain" },
    cli: { noun: "tasks", verb: "explain", args: ["id"] },
  }),
  "users.tasks": operation("users.tasks", {
    summary: { en: "List the tasks of a user, newest first", zh: "列出用户的任务（最新在前）" },
    input: z.strictObject({ userId: userIdSchema, ...filterFields }),
    output: pageOf(taskItemOut),
    permission: "viewer",
    effect: "reads",
    idempotent: true,
    errors: ["NOT_FOUND"],
    mcp: { tool: "task_find" },
    say: { intent: "list" },
    cli: { noun: "users", verb: "tasks", args: ["userId"], columns: taskColumns },
  }),
};
