// The fields of runs, tasks, occurrences and events that a filter can ask for.

import { eventTypes } from "../event.ts";
import { decisionReasons, decisions } from "../occurrence.ts";
import { runStatuses } from "../run-state.ts";
import { startKinds } from "../run.ts";
import { taskStatuses } from "../task-state.ts";
import type { Trigger } from "../trigger/trigger.ts";
import type { Field, Vocabulary } from "./vocabulary.ts";

const triggerKinds = [
  "manual",
  "immediate",
  "at",
  "interval",
  "cron",
  "daily",
  "any",
] as const satisfies readonly Trigger["kind"][];

const type = { name: "type", kind: "word", about: { en: "Type of the executor", zh: "执行器类型" } } as const;
const tag = {
  name: "tag",
  aliases: ["tags"],
  kind: "word",
  about: { en: "Any tag of the task", zh: "任务的任一标签" },
} as const;
const queue = { name: "queue", kind: "word", about: { en: "Name of the queue", zh: "队列名称" } } as const;
const priority = {
  name: "priority",
  kind: "number",
  about: { en: "1 (least urgent) to 10", zh: "优先级，1（最低）到 10" },
} as const;
const userId = {
  name: "userId",
  aliases: ["user"],
  kind: "word",
  about: { en: "Whose it is", zh: "所属用户" },
} as const;
const conversationId = {
  name: "conversationId",
  aliases: ["conversation"],
  kind: "word",
  about: { en: "The conversation it came from", zh: "来源会话" },
} as const;
const taskId = {
  name: "taskId",
  aliases: ["task"],
  kind: "id",
  prefix: "task",
  about: { en: "Its task", zh: "所属任务" },
} as const;
const runId = {
  name: "runId",
  aliases: ["run"],
  kind: "id",
  prefix: "run",
  about: { en: "The run", zh: "运行" },
} as const;
const taskName = {
  name: "name",
  kind: "text",
  about: { en: "Name of the task", zh: "任务名称" },
} as const;
const params = {
  name: "params",
  kind: "json",
  about: { en: "A value inside the params, by its path", zh: "参数中的值（按路径）" },
} as const;
const createdAt = time("createdAt", "created", { en: "When it was created", zh: "创建时间" });
const scheduledFor = time("scheduledFor", "scheduled", { en: "Its nominal instant", zh: "计划时间" });

export const runVocabulary = {
  things: "runs",
  text: "name",
  fields: [
    { name: "id", kind: "id", prefix: "run", about: { en: "The run itself", zh: "运行编号" } },
    {
      name: "status",
      kind: "word",
      words: runStatuses,
      about: { en: "Where it stands", zh: "状态" },
    },
    type,
    tag,
    queue,
    priority,
    taskId,
    userId,
    conversationId,
    taskName,
    createdAt,
    scheduledFor,
    time("startedAt", "started", { en: "When it was first started", zh: "首次开始时间" }),
    time("finishedAt", "finished", { en: "When it ended", zh: "结束时间" }),
    {
      name: "duration",
      kind: "duration",
      about: { en: "From its first start to its end", zh: "从首次开始到结束的时长" },
    },
    {
      name: "attempt",
      kind: "number",
      about: { en: "Number of the last attempt", zh: "最后一次尝试的序号" },
    },
    {
      name: "error",
      aliases: ["errorCode"],
      kind: "word",
      about: { en: "Code of the error it ended with", zh: "结束时的错误代码" },
    },
    {
      name: "message",
      kind: "text",
      about: { en: "What its result or its error says", zh: "结果或错误的文字" },
    },
    {
      name: "concurrencyKey",
      aliases: ["key"],
      kind: "word",
      about: { en: "Its concurrency key", zh: "并发键" },
    },
    {
      name: "startedBy",
      kind: "word",
      words: startKinds,
      about: { en: "What made it begin", zh: "由什么启动" },
    },
    { name: "question", kind: "text", about: { en: "What it asks a person", zh: "等待人回答的问题" } },
    params,
  ],
} as const satisfies Vocabulary;

export const taskVocabulary = {
  things: "tasks",
  text: "name",
  fields: [
    { name: "id", kind: "id", prefix: "task", about: { en: "The task itself", zh: "任务编号" } },
    { name: "status", kind: "word", words: taskStatuses, about: { en: "Where it stands", zh: "状态" } },
    type,
    tag,
    queue,
    priority,
    userId,
    conversationId,
    {
      name: "externalId",
      kind: "word",
      about: { en: "Your own id for it", zh: "外部编号" },
    },
    {
      name: "name",
      kind: "text",
      about: { en: "Its name or its description", zh: "名称或说明" },
    },
    {
      name: "trigger",
      kind: "word",
      words: triggerKinds,
      about: { en: "Kind of its trigger", zh: "触发器种类" },
    },
    createdAt,
    time("updatedAt", "updated", { en: "When it was last changed", zh: "最后修改时间" }),
    time("nextFireAt", "next", { en: "When it fires next", zh: "下次触发时间" }),
    params,
  ],
} as const satisfies Vocabulary;

export const occurrenceVocabulary = {
  things: "occurrences",
  text: "name",
  fields: [
    taskId,
    runId,
    type,
    tag,
    userId,
    taskName,
    { name: "decision", kind: "word", words: decisions, about: { en: "What was decided", zh: "判定" } },
    { name: "reason", kind: "word", words: decisionReasons, about: { en: "Why", zh: "原因" } },
    scheduledFor,
    time("decidedAt", "decided", { en: "When it was decided", zh: "判定时间" }),
    {
      name: "lateness",
      kind: "duration",
      about: { en: "From when it was due to the decision", zh: "应执行时间到判定的延迟" },
    },
  ],
} as const satisfies Vocabulary;

export const eventVocabulary = {
  things: "events",
  text: "type",
  fields: [
    { name: "type", kind: "word", words: eventTypes, about: { en: "Kind of the event", zh: "事件种类" } },
    taskId,
    runId,
    time("at", "time", { en: "When it happened", zh: "发生时间" }),
    {
      name: "data",
      kind: "json",
      about: { en: "A value inside its data, by its path", zh: "事件数据中的值" },
    },
  ],
} as const satisfies Vocabulary;

function time<Name extends string, Alias extends string>(name: Name, alias: Alias, about: Field["about"]) {
  return { name, aliases: [alias], kind: "time", about } as const;
}
