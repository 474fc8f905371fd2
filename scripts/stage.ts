// Runs the tools of the gate one by one or side by side, and says which runs, how it ended and how long it took.
import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { styleText } from "node:util";
import { root } from "./source-tree.ts";

export interface Stage {
  readonly name: string;
  /** A program of node_modules/.bin with its arguments. */
  readonly command: readonly [string, ...string[]];
}

export interface StageResult {
  readonly stage: Stage;
  readonly isPassed: boolean;
  readonly durationMs: number;
  readonly output: string;
}

interface RunOptions {
  /** Shows what the tool prints while it runs, instead of only when it fails. */
  readonly isLive: boolean;
}

export async function runStage(stage: Stage, { isLive }: RunOptions): Promise<StageResult> {
  const startedAt = performance.now();
  const [program, ...args] = stage.command;
  const path = `${join(root, "node_modules", ".bin")}${delimiter}${process.env["PATH"] ?? ""}`;
  const colors = process.stdout.isTTY ? { FORCE_COLOR: "1" } : {};
  const child = spawn(program, args, {
    cwd: root,
    env: { ...process.env, ...colors, PATH: path },
    stdio: isLive ? "inherit" : ["ignore", "pipe", "pipe"],
    shell: process.platform === "win32",
  });
  const stop = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.once("SIGTERM", stop).once("SIGHUP", stop);
  const chunks: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => chunks.push(chunk));
  const isPassed = await new Promise<boolean>((resolve) => {
    child.once("error", (error) => {
      chunks.push(Buffer.from(`${error.message}\n`));
      resolve(false);
    });
    child.once("close", (code) => resolve(code === 0));
  });
  process.off("SIGTERM", stop).off("SIGHUP", stop);
  const durationMs = performance.now() - startedAt;
  return { stage, isPassed, durationMs, output: Buffer.concat(chunks).toString("utf8") };
}

export function printResult({ stage, isPassed, durationMs, output }: StageResult): void {
  const mark = isPassed ? styleText("green", "✓") : styleText("red", "✗");
  console.log(`${mark} ${stage.name} ${styleText("dim", `${(durationMs / 1000).toFixed(1)} s`)}`);
  if (!isPassed && output.trim() !== "") console.log(output.trimEnd());
}
