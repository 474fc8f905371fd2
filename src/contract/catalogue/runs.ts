// The operations on runs.

import { z } from "zod";
import { operation } from "../operation.ts";
import { explanationOut } from "../schema/explanation.ts";
import { pageFields, pageOf } from "../schema/page.ts";
import { attemptOut, logEntryOut, outputEntryOut, runEventOut, runOut } from "../schema/run.ts";
import { runFilterFields } from "../schema/run-filter.ts";
import {
  durationSchema,
  idSchema,
  instantSchema,
  jsonSchema,
  lineSchema,
  reasonSchema,
  userIdSchema,
} from "../schema/scalars.ts";

const id = idSchema("run");
const runColumns = ["id", "taskId", "type", "status", "scheduledFor", "attempt", "durationMs"];

const reading = { permission: "viewer", effect: "reads", idempotent: true, errors: ["NOT_FOUND"] } as const;

export const runOperations = {
  "runs.list": operation("runs.list", {
    summary: { en: "List runs, newest first", zh: "列出运行记录（最新在前）" },
    input: z.strictObject({
      taskId: idSchema("task").optional(),
      userId: userIdSchema.optional(),
      ...runFilterFields,
      ...pageFields,
    }),
    output: pageOf(runOut),
    permission: "viewer",
    effect: "reads",
    idempotent: true,
    errors: [],
    mcp: { tool: "run_list" },
    say: { intent: "history" },
    cli: { noun: "runs", verb: "list", columns: runColumns },
  }),
  "runs.get": operation("runs.get", {
    ...reading,
    summary: { en: "Show a run", zh: "查看运行" },
    input: z.strictObject({ id }),
    output: runOut,
    mcp: { tool: "run_get" },
    say: { intent: "show" },
    cli: { noun: "runs", verb: "get", args: ["id"] },
  }),
  "runs.cancel": operation("runs.cancel", {
    summary: { en: "Cancel a run", zh: "取消运行" },
    description:
      "Its code gets an abort signal at once and is ended by force after `grace`. A run that has ended stays as it is.",
    input: z.strictObject({
      id,
      reason: reasonSchema.optional(),
      grace: durationSchema.describe("Between the abort signal and force").optional(),
      force: z.boolean().describe("No grace at all").optional(),
    }),
    output: runOut,
    permission: "operator",
    effect: "destroys",
    idempotent: true,
    undo: "runs.retry",
    errors: ["NOT_FOUND"],
    mcp: { tool: "run_cancel" },
    say: { intent: "cancel" },
    cli: { noun: "runs", verb: "cancel", args: ["id"] },
  }),
  "runs.pause": operation("runs.pause", {
    summary: { en: "Pause a run", zh: "暂停运行" },
    description:
      "One that waits is held; one that runs stops at its next checkpoint, or at once in a process of its own. Pausing again keeps the reason and `resumeAt` of before, unless it names others.",
    input: z.strictObject({
      id,
      reason: reasonSchema.optional(),
      resumeAt: instantSchema.describe("When it goes on by itself").optional(),
    }),
    output: runOut,
    permission: "operator",
    effect: "changes",
    idempotent: true,
    undo: "runs.resume",
    errors: ["NOT_FOUND", "NOT_PAUSABLE", "ILLEGAL_TRANSITION"],
    mcp: { none: "models pause schedules; a run in hand is left to people" },
    say: { none: "what is said pauses tasks" },
    cli: { noun: "runs", verb: "pause", args: ["id"] },
  }),
  "runs.resume": operation("runs.resume", {
    summary: { en: "Resume a paused run", zh: "恢复已暂停的运行" },
    input: z.strictObject({ id }),
    output: runOut,
    permission: "operator",
    effect: "changes",
    idempotent: false,
    undo: "runs.pause",
    errors: ["NOT_FOUND", "ILLEGAL_TRANSITION"],
    mcp: { none: "models resume schedules; a run in hand is left to people" },
    say: { none: "what is said resumes tasks" },
    cli: { noun: "runs", verb: "resume", args: ["id"] },
  }),
  "runs.retry": operation("runs.retry", {
    summary: { en: "Run again what has ended", zh: "重新运行已结束的运行" },
    description: "Makes a new run for the same instant; the old one stays as it is.",
    input: z.strictObject({
      id,
      revision: z
        .enum(["pinned", "latest"])
        .describe("The definition the run was created under (default), or the present one")
        .optional(),
    }),
    output: runOut,
    permission: "operator",
    effect: "changes",
    idempotent: false,
    undo: "runs.cancel",
    errors: [
      "NOT_FOUND",
      "ILLEGAL_TRANSITION",
      "INVALID_PARAMETERS",
      "EXECUTOR_NOT_FOUND",
      "OVERLAP",
      "TASK_PAUSED",
      "LEDGER_FULL",
    ],
    mcp: { tool: "task_run_now" },
    say: { intent: "trigger" },
    cli: { noun: "runs", verb: "retry", args: ["id"] },
  }),
  "runs.signal": operation("runs.signal", {
    summary: { en: "Send a named signal to a waiting run", zh: "向等待中的运行发送信号" },
    input: z.strictObject({
      id,
      name: lineSchema(200),
      payload: jsonSchema.describe("Default null").optional(),
    }),
    output: runOut,
    permission: "operator",
    effect: "changes",
    idempotent: false,
    undo: "a signal that was received cannot be taken back",
    errors: ["NOT_FOUND", "ILLEGAL_TRANSITION"],
    mcp: { tool: "run_answer" },
    say: { none: "signals come from systems, not from people" },
    cli: { noun: "runs", verb: "signal", args: ["id", "name"] },
  }),
  "runs.answer": operation("runs.answer", {
    summary: { en: "Answer the question of a waiting run", zh: "回答等待中的运行提出的问题" },
    input: z.strictObject({ id, answer: jsonSchema }),
    output: runOut,
    permission: "operator",
    effect: "changes",
    idempotent: false,
    undo: "an answer that was given cannot be taken back",
    errors: ["NOT_FOUND", "ILLEGAL_TRANSITION"],
    mcp: { tool: "run_answer" },
    say: { intent: "answer" },
    cli: { noun: "runs", verb: "answer", args: ["id", "answer"] },
  }),
  "runs.events": operation("runs.events", {
    ...reading,
    summary: { en: "List what happened to a run, oldest first", zh: "列出运行的事件（最早在前）" },
    input: z.strictObject({ id, ...pageFields }),
    output: pageOf(runEventOut),
    mcp: { tool: "run_events" },
    say: { intent: "history" },
    cli: { noun: "runs", verb: "events", args: ["id"], columns: ["seq", "at", "type"] },
  }),
  "runs.logs": operation("runs.logs", {
    ...reading,
    summary: { en: "List what a run logged, oldest first", zh: "列出运行的日志（最早在前）" },
    input: z.strictObject({ id, ...pageFields }),
    output: pageOf(logEntryOut),
    mcp: { tool: "run_events" },
    say: { none: "logs are read, not heard" },
    cli: { noun: "runs", verb: "logs", args: ["id"], columns: ["at", "level", "message"] },
  }),
  "runs.output": operation("runs.output", {
    ...reading,
    summary: { en: "List what a run emitted, oldest first", zh: "列出运行的输出流（最早在前）" },
    input: z.strictObject({ id, ...pageFields }),
    output: pageOf(outputEntryOut),
    mcp: { tool: "run_events" },
    say: { none: "output is read, not heard" },
    cli: { noun: "runs", verb: "output", args: ["id"], columns: ["index", "chunk"] },
  }),
  "runs.attempts": operation("runs.attempts", {
    ...reading,
    summary: { en: "List the attempts of a run, oldest first", zh: "列出运行的各次尝试（最早在前）" },
    input: z.strictObject({ id }),
    output: pageOf(attemptOut),
    mcp: { tool: "run_get" },
    say: { intent: "history" },
    cli: {
      noun: "runs",
      verb: "attempts",
      args: ["id"],
      columns: ["claim", "attempt", "startedAt", "endedAt", "endedBy", "error.code"],
    },
  }),
  "runs.children": operation("runs.children", {
    ...reading,
    summary: { en: "List the child runs of a run, newest first", zh: "列出运行的子运行（最新在前）" },
    input: z.strictObject({ id, ...pageFields }),
    output: pageOf(runOut),
    mcp: { tool: "run_list" },
    say: { none: "what is said asks for runs by task" },
    cli: { noun: "runs", verb: "children", args: ["id"], columns: runColumns },
  }),
  "runs.explain": operation("runs.explain", {
    ...reading,
    summary: {
      en: "Explain why a run has not started, or how it ended",
      zh: "解释运行为什么没有开始，或如何结束",
    },
    input: z.strictObject({ id }),
    output: explanationOut,
    mcp: { tool: "run_get" },
    say: { intent: "explain" },
    cli: { noun: "runs", verb: "explain", args: ["id"] },
  }),
};
