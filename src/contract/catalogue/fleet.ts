// The operations on executors, queues and workers.

import { z } from "zod";
import { operation } from "../operation.ts";
import { explanationOut } from "../schema/explanation.ts";
import { executorOut, queueConfigFields, queueOut, queuePauseFields, workerOut } from "../schema/fleet.ts";
import { pageOf } from "../schema/page.ts";
import { queueNameSchema, typeSchema } from "../schema/scalars.ts";

const name = queueNameSchema;
const nothing = z.strictObject({});
const reading = { permission: "viewer", effect: "reads", idempotent: true, errors: ["NOT_FOUND"] } as const;
const executorColumns = ["type", "version", "isolation", "liveWorkers", "description"];
const queueColumns = ["name", "paused", "ready", "held", "running", "concurrency"];

export const fleetOperations = {
  "executors.list": operation("executors.list", {
    ...reading,
    summary: { en: "List the executors with their schemas", zh: "列出执行器及其参数模式" },
    input: nothing,
    output: pageOf(executorOut),
    errors: [],
    mcp: { tool: "executor_list" },
    say: { intent: "help" },
    cli: { noun: "executors", verb: "list", columns: executorColumns },
  }),
  "executors.get": operation("executors.get", {
    ...reading,
    summary: { en: "Show an executor", zh: "查看执行器" },
    input: z.strictObject({ type: typeSchema }),
    output: executorOut,
    mcp: { tool: "executor_list" },
    say: { none: "executors are chosen by the sentence, not spoken about" },
    cli: { noun: "executors", verb: "get", args: ["type"] },
  }),
  "queues.list": operation("queues.list", {
    ...reading,
    summary: { en: "List the queues with what waits in them", zh: "列出队列及其中等待的运行" },
    input: nothing,
    output: pageOf(queueOut),
    errors: [],
    mcp: { tool: "system_status" },
    say: { none: "people speak of tasks" },
    cli: { noun: "queues", verb: "list", columns: queueColumns },
  }),
  "queues.get": operation("queues.get", {
    ...reading,
    summary: { en: "Show a queue", zh: "查看队列" },
    input: z.strictObject({ name }),
    output: queueOut,
    mcp: { tool: "system_status" },
    say: { none: "people speak of tasks" },
    cli: { noun: "queues", verb: "get", args: ["name"] },
  }),
  "queues.update": operation("queues.update", {
    summary: { en: "Set the limits of a queue", zh: "设置队列的限制" },
    description:
      "The whole configuration: what is absent has no limit. A queue that does not exist yet is made.",
    input: z.strictObject({ name, ...queueConfigFields }),
    output: queueOut,
    permission: "admin",
    effect: "changes",
    idempotent: true,
    undo: "queues.update",
    errors: [],
    mcp: { none: "limits of the installation are for administrators" },
    say: { none: "limits of the installation are for administrators" },
    cli: { noun: "queues", verb: "update", args: ["name"] },
  }),
  "queues.pause": operation("queues.pause", {
    summary: { en: "Pause a queue: nothing in it starts", zh: "暂停队列：其中的运行不再启动" },
    input: z.strictObject({ name, ...queuePauseFields }),
    output: queueOut,
    permission: "operator",
    effect: "changes",
    idempotent: true,
    undo: "queues.resume",
    errors: ["NOT_FOUND"],
    mcp: { none: "stopping a whole queue is for people" },
    say: { none: "people speak of tasks" },
    cli: { noun: "queues", verb: "pause", args: ["name"] },
  }),
  "queues.resume": operation("queues.resume", {
    summary: { en: "Resume a queue", zh: "恢复队列" },
    input: z.strictObject({ name }),
    output: queueOut,
    permission: "operator",
    effect: "changes",
    idempotent: true,
    undo: "queues.pause",
    errors: ["NOT_FOUND"],
    mcp: { none: "starting a whole queue is for people" },
    say: { none: "people speak of tasks" },
    cli: { noun: "queues", verb: "resume", args: ["name"] },
  }),
  "queues.explain": operation("queues.explain", {
    ...reading,
    summary: { en: "Explain why the runs of a queue do not start", zh: "解释队列中的运行为什么没有启动" },
    input: z.strictObject({ name }),
    output: explanationOut,
    mcp: { tool: "system_status" },
    say: { none: "people speak of tasks" },
    cli: { noun: "queues", verb: "explain", args: ["name"] },
  }),
  "workers.list": operation("workers.list", {
    ...reading,
    summary: { en: "List the workers", zh: "列出工作进程" },
    input: nothing,
    output: pageOf(workerOut),
    errors: [],
    mcp: { tool: "system_status" },
    say: { none: "people speak of tasks" },
    cli: {
      noun: "workers",
      verb: "list",
      columns: ["id", "name", "status", "running", "concurrency", "queues"],
    },
  }),
};
