// Runs the example as a user would and reads what it prints.

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const main = fileURLToPath(new URL("main.ts", import.meta.url));

it("P7 P15 S1.73 hears of a run by listener, by stream and by a webhook that fails at first", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [main]);
  const lines = stdout.trim().split("\n");
  expect(lines.filter((line) => line.startsWith("stream:"))).toEqual([
    "stream: log: greeting",
    'stream: output: "Hello, Ann!"',
    "stream: run.created",
    "stream: run.started",
    "stream: run.completed",
    'stream: end: {"greeted":"Ann"}',
  ]);
  expect(lines).toContain("listener: run.completed");
  expect(lines.filter((line) => line.startsWith("webhook:"))).toEqual([
    "webhook: run.completed, verified, answered with 503",
    "webhook: run.completed, verified, answered with 204",
  ]);
  expect(lines.at(-1)).toBe("log: delivered after 503, 204");
});
