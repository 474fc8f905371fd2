// Runs the example as a user would and reads what it prints.

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const main = fileURLToPath(new URL("main.ts", import.meta.url));

it(
  "S0.15 S1.86 I1 watches a real service through pause, resume, trigger, cancel and kill -9, and accounts for every moment",
  { timeout: 120_000 },
  async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [main], { maxBuffer: 10_000_000 });
    expect(stdout).toContain("created task_");
    expect(stdout).toMatch(/每2秒|每 2 秒/);
    expect(stdout).toContain("the service was asked 0 times during the pause");
    expect(stdout).toMatch(/现在立刻监控一次: run_\w+ completed/);
    expect(stdout).toMatch(/Python says: .*"usedPercent":/);
    expect(stdout).toMatch(/run_\w+ was cancelled in the middle of its work/);
    expect(stdout).toMatch(/went on after its last finished step: \{"sum":465\}, attempt 1, recoveries 1/);

    const rows =
      stdout
        .split("Every due moment")[1]
        ?.split("Every run")[0]
        ?.split("\n")
        .slice(1)
        .filter((line) => line.trim() !== "") ?? [];
    const decisions = rows.map((row) => row.trim().split(/\s+/)[1]);
    expect(decisions.filter((decision) => decision === "started").length).toBeGreaterThanOrEqual(4);
    expect(decisions).toContain("skipped");
    // What came due while the server was dead is accounted for: the newest instant starts, or stood within its grace.
    for (const row of rows) expect(row).toMatch(/started|coalesced|skipped +(paused|overlap)|missed|dropped/);
    const starts = rows.filter((row) => row.includes("started"));
    expect(starts.every((row) => /run_[0-9a-z]{26}/.test(row))).toBe(true);
    expect(new Set(starts.map((row) => /run_\w+/.exec(row)?.[0])).size).toBe(starts.length);

    const runs = stdout.split("Every run")[1] ?? "";
    expect(runs).toMatch(/digest +cancelled/);
    expect(runs).toMatch(/command +completed/);
    expect(runs).not.toMatch(/ (pending|running|retrying) /);
  },
);
