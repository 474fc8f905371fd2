// The operations on schedules as such, and on the installation: statistics, limits, housekeeping.

import { z } from "zod";
import { operation } from "../operation.ts";
import { previewFields, previewOut, simulateFields, simulateOut } from "../schema/schedule.ts";
import { cleanupOut, limitsOut, statsOut } from "../schema/statistics.ts";

const nothing = z.strictObject({});

export const systemOperations = {
  "schedules.preview": operation("schedules.preview", {
    summary: { en: "Show when a trigger would fire, in words and times", zh: "预览触发器的触发时间及说明" },
    input: z.strictObject(previewFields),
    output: previewOut,
    permission: "viewer",
    effect: "reads",
    idempotent: true,
    errors: ["INVALID_TRIGGER"],
    mcp: { tool: "schedule_explain" },
    say: { none: "saying a schedule with dryRun previews it" },
    cli: { verb: "preview", args: ["trigger"], columns: ["times"] },
  }),
  "schedules.simulate": operation("schedules.simulate", {
    summary: {
      en: "Show what a schedule would do, outages included",
      zh: "模拟计划在一段时间内（包括停机）的行为",
    },
    input: z.strictObject(simulateFields),
    output: simulateOut,
    permission: "viewer",
    effect: "reads",
    idempotent: true,
    errors: ["INVALID_TRIGGER"],
    mcp: { tool: "schedule_explain" },
    say: { none: "a simulation has more settings than a sentence" },
    cli: {
      verb: "simulate",
      args: ["trigger"],
      columns: ["scheduledFor", "until", "decision", "reason", "startedAt"],
    },
  }),
  "stats.get": operation("stats.get", {
    summary: { en: "Count tasks and runs in every state", zh: "统计各状态的任务与运行数量" },
    input: nothing,
    output: statsOut,
    permission: "viewer",
    effect: "reads",
    idempotent: true,
    errors: [],
    mcp: { tool: "system_status" },
    say: { intent: "show" },
    cli: { verb: "stats" },
  }),
  "limits.get": operation("limits.get", {
    summary: { en: "Show the limits of sizes and counts", zh: "查看大小与数量的限制" },
    input: nothing,
    output: limitsOut,
    permission: "viewer",
    effect: "reads",
    idempotent: true,
    errors: [],
    mcp: { tool: "system_status" },
    say: { none: "limits are looked up" },
    cli: { verb: "limits" },
  }),
  "maintenance.cleanup": operation("maintenance.cleanup", {
    summary: { en: "Delete now what retention allows to go", zh: "立即清理超过保留期的数据" },
    input: nothing,
    output: cleanupOut,
    permission: "admin",
    effect: "destroys",
    idempotent: true,
    errors: [],
    mcp: { none: "deleting history is for administrators" },
    say: { none: "deleting history is for administrators" },
    cli: { noun: "maintenance", verb: "cleanup" },
  }),
};
