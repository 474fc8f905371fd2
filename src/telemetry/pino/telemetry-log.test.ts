// Tests of the log: which events write which lines, in both forms, and that nothing can forge a line.
import { describe, expect, it } from "vitest";
import { IdCodec } from "../../domain/ids.ts";
import type { TelemetryEvent } from "../../ports/telemetry.ts";
import { createLogger, type LoggerOptions } from "./logger.ts";
import { loggedKinds, telemetryLog } from "./telemetry-log.ts";

const ids = new IdCodec(7);
const [runKey, taskKey] = [4096 * 1000 + 1, 4096 * 1000];
const [runId, taskId] = [ids.encode("run", runKey), ids.encode("task", taskKey)];

const started = { kind: "run.started", runKey, taskKey, type: "note", attempt: 1, latenessMs: 3 } as const;
const ended = { kind: "run.ended", runKey, taskKey, type: "note", attempt: 1, durationMs: 5230 } as const;
const completed: TelemetryEvent = { ...ended, status: "completed" };
const failed: TelemetryEvent = { ...ended, status: "failed", error: "EXECUTION_FAILED" };

function setup(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = [];
  const destination = { write: (line: string): void => void lines.push(line) };
  const logger = createLogger({ level: "info", format: "json", destination, ...options });
  return { lines, logger, log: telemetryLog(logger, ids) };
}

function parsed(line: string | undefined): Record<string, unknown> {
  return JSON.parse(line ?? "") as Record<string, unknown>; // a line that is no object fails the assertions on it
}

describe("the log", () => {
  it("S2.26 C23 writes start and success at info, and a failure once at error", () => {
    const { lines, log } = setup();
    for (const event of [started, completed, failed]) log(event);
    expect(lines.map(parsed)).toMatchObject([
      { level: "info", message: "run started", runId, taskId, type: "note", attempt: 1, latenessMs: 3 },
      { level: "info", message: "run completed", runId, taskId, durationMs: 5230, status: "completed" },
      { level: "error", message: "run failed", runId, taskId, error: "EXECUTION_FAILED" },
    ]);
    expect(parsed(lines[0])["time"]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it("writes one JSON object a line, with ids and without keys", () => {
    const { lines, log } = setup({ level: "debug" });
    log({ kind: "run.discarded", runKey, claim: 2 });
    log({ kind: "schedule.refused", taskKey, error: "INVALID_TRIGGER" });
    log({ kind: "timer.refused", runKey, error: "damaged" });
    expect(lines.every((line) => line.endsWith("}\n") && !line.includes("Key"))).toBe(true);
    expect(lines.map(parsed)).toMatchObject([
      { level: "warn", message: "late result discarded", runId, claim: 2 },
      { level: "error", message: "schedule could not be decided", taskId, error: "INVALID_TRIGGER" },
      { level: "error", message: "timer could not be written", runId, error: "damaged" },
    ]);
  });

  it("asks only for the events that its level writes", () => {
    expect(loggedKinds(setup({ level: "info" }).logger)).toContain("run.started");
    expect(loggedKinds(setup({ level: "info" }).logger)).not.toContain("schedule.fired");
    expect(loggedKinds(setup({ level: "error" }).logger)).toEqual([
      "run.ended",
      "timer.refused",
      "schedule.refused",
      "service.failed",
    ]);
    expect(loggedKinds(setup({ level: "silent" }).logger)).toEqual([]);
  });

  it("keeps a success off a log that only takes errors", () => {
    const { lines, log } = setup({ level: "error" });
    for (const event of [started, completed, failed]) log(event);
    expect(lines).toHaveLength(1);
  });

  it("is short for a person: time, level, message, data", () => {
    const { lines, log } = setup({ format: "pretty" });
    log(failed);
    expect(lines.join("")).toMatch(
      new RegExp(
        `^\\d\\d:\\d\\d:\\d\\d error run failed runId=${runId} taskId=${taskId} type=note attempt=1 durationMs=5230 status=failed EXECUTION_FAILED\\n$`,
      ),
    );
  });

  it("S2.27 speaks the sentences of the catalogue to a person in Chinese", () => {
    const { lines, log } = setup({ format: "pretty", language: "zh" });
    for (const event of [started, completed, failed]) log(event);
    expect(lines[0]).toContain(`开始执行任务 ${taskId} (类型: note)`);
    expect(lines[1]).toContain(`任务 ${taskId} 执行成功，耗时 5.23秒`);
    expect(lines[2]).toContain(`任务 ${taskId} 执行失败: EXECUTION_FAILED`);
  });

  it("keeps data that holds a line break or an escape sequence in its own line", () => {
    const { lines, log } = setup({ format: "pretty" });
    log({ ...started, type: "note\n12:00:00 error forged \u001b[31m" });
    expect(lines.join("").split("\n")).toHaveLength(2);
    expect(lines.join("")).not.toContain("\u001b");
  });

  it("cuts an error that is over-long, and says so", () => {
    const { lines, log } = setup();
    log({ ...ended, status: "failed", error: "x".repeat(5000) });
    expect(parsed(lines[0])["error"]).toBe(`${"x".repeat(500)}… (cut)`);
  });

  it("shows a person the first lines of a stack, each in its own line", () => {
    const { lines, logger } = setup({ format: "pretty" });
    const error = new Error("boom");
    error.stack = ["Error: boom\u001b[31m", ...Array.from({ length: 50 }, (_, n) => `    at f${n}`)].join(
      "\n",
    );
    logger.error({ error }, "request failed by our own fault");
    const shown = lines.join("").trimEnd().split("\n");
    expect(shown).toHaveLength(22);
    expect(shown.slice(1, 3)).toEqual(["  Error: boom\\u001b[31m", "      at f0"]);
    expect(shown.at(-1)).toBe("  … 31 more lines");
  });

  it("colours pretty lines only when asked to", () => {
    const { lines, log } = setup({ format: "pretty", hasColor: true });
    log(started);
    expect(lines.join("")).toContain("\u001b[32m");
  });

  it("is JSON in a pipe when nothing else is said", () => {
    const { lines, log } = setup({ format: "auto" });
    log(started);
    expect(parsed(lines[0])).toMatchObject({ message: "run started" });
  });
});
