// What log lines say: one constant message for each event, and the sentences that people read in Chinese (S2.27).

import type { TelemetryEvent } from "../../ports/telemetry.ts";

export type LogLanguage = "en" | "zh";

/** The data of a line, beside its level, time and message. */
export type Fields = Readonly<Record<string, unknown>>;

/** Why a line was written: the event's kind, split where the outcome changes what there is to say. */
export type LogEvent =
  | Exclude<TelemetryEvent["kind"], "run.ended">
  | "run.completed"
  | "run.failed"
  | "run.stopped";

/** Constant, lower-case, without data: lines of the same event can be counted by their message. */
export const messages = {
  "engine.started": "engine started",
  "engine.stopped": "engine stopped",
  "run.started": "run started",
  "run.completed": "run completed",
  "run.failed": "run failed",
  "run.stopped": "run ended",
  "run.discarded": "late result discarded",
  "timer.refused": "timer could not be written",
  "schedule.fired": "schedules fired",
  "schedule.refused": "schedule could not be decided",
  "cleaner.swept": "old runs removed",
  "service.failed": "service failed",
} as const satisfies Record<LogEvent, string>;

const sentences: Readonly<Record<LogEvent, (fields: Fields) => string>> = {
  "engine.started": () => "引擎已启动",
  "engine.stopped": () => "引擎已停止",
  "run.started": (fields) => `开始执行任务 ${show(fields["taskId"])} (类型: ${show(fields["type"])})`,
  "run.completed": (fields) =>
    `任务 ${show(fields["taskId"])} 执行成功，耗时 ${seconds(fields["durationMs"])}秒`,
  "run.failed": (fields) =>
    `任务 ${show(fields["taskId"])} 执行失败: ${show(fields["error"] ?? fields["status"])}`,
  "run.stopped": (fields) => `任务 ${show(fields["taskId"])} 已结束: ${show(fields["status"])}`,
  "run.discarded": () => "迟到的结果已丢弃",
  "timer.refused": (fields) => `运行 ${show(fields["runId"])} 的定时无法写入`,
  "schedule.fired": () => "定时任务已触发",
  "schedule.refused": (fields) => `任务 ${show(fields["taskId"])} 的计划无法判定`,
  "cleaner.swept": () => "已清理旧的运行记录",
  "service.failed": (fields) => `服务 ${show(fields["service"])} 出错`,
};

/** The line's message for a person; lines that are no event of the engine keep their own. */
export function messageFor(language: LogLanguage, message: string, fields: Fields): string {
  const event = fields["event"];
  return language === "zh" && isLogEvent(event) ? sentences[event](fields) : message;
}

function isLogEvent(value: unknown): value is LogEvent {
  return typeof value === "string" && Object.hasOwn(sentences, value);
}

function show(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "?";
}

function seconds(value: unknown): string {
  return typeof value === "number" ? (value / 1000).toFixed(2) : "?";
}
