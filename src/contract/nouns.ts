// What operations are about, in words: the groups of the command line and of the documentation.

import type { Words } from "./operation.ts";
import type { OperationName } from "./routes.ts";

type NounOf<Name extends string> = Name extends `${infer Noun}.${string}` ? Noun : never;
export type Noun = NounOf<OperationName>;

export const nouns: Readonly<Record<Noun, Words>> = {
  tasks: { en: "What is to be done, and when", zh: "任务：做什么、何时做" },
  users: { en: "What belongs to a user", zh: "用户：属于某个用户的任务" },
  runs: { en: "What was done, is being done, or waits to be", zh: "运行：已执行、正在执行或等待执行的" },
  backfills: { en: "Runs for past instants of a task", zh: "补跑：为任务过去的时刻补做运行" },
  errors: { en: "The error inbox: runs that failed alike", zh: "错误收件箱：以同样方式失败的运行" },
  executors: { en: "What runs can do", zh: "执行器：运行能做什么" },
  queues: { en: "The lanes in which runs wait", zh: "队列：运行排队的通道" },
  workers: { en: "The processes that take runs", zh: "工作进程：取走并执行运行" },
  schedules: { en: "What a trigger would do, before there is a task", zh: "计划：在创建任务之前试算触发器" },
  stats: { en: "How much there is of everything", zh: "统计：各类数量" },
  limits: { en: "How large and how many things may be", zh: "限制：大小与数量的上限" },
  keys: { en: "API keys: who may come in from outside", zh: "API 密钥：谁可以从外部访问" },
  audit: { en: "Who changed what", zh: "审计：谁改了什么" },
  maintenance: { en: "Housekeeping", zh: "维护" },
};

// The table's own keys are all the nouns that the names of operations begin with.
export const nounOf = (name: OperationName): Noun => name.split(".")[0] as Noun;
