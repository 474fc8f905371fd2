// Runs a program that works for the setup, quietly but not in silence.
import { spawn } from "node:child_process";
import { lockIsHeldBy } from "./lock.mjs";
import { say } from "./say.mjs";

const reminderMs = 15_000;
const stopSignals = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Runs a program quietly; resolves with its exit code and everything it printed. Says now and then that it still runs.
 * When this process is told to stop, so is the program, and this process ends after it.
 */
export function runQuietly(what, [program, ...args], options) {
  return new Promise((resolve) => {
    const startedAt = Date.now();
    const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    if (child.pid !== undefined) lockIsHeldBy(child.pid);
    const stop = (signal) => {
      stoppedBy = signal;
      child.kill(signal);
    };
    let stoppedBy;
    for (const signal of stopSignals) process.on(signal, stop);
    const chunks = [];
    child.stdout.on("data", (chunk) => chunks.push(chunk));
    child.stderr.on("data", (chunk) => chunks.push(chunk));
    const reminder = setInterval(() => {
      say(`still ${what} (${Math.round((Date.now() - startedAt) / 1000)} s) …`);
    }, reminderMs);
    const finish = (code, extra = "") => {
      clearInterval(reminder);
      for (const signal of stopSignals) process.removeListener(signal, stop);
      if (stoppedBy) process.kill(process.pid, stoppedBy);
      resolve({ code, output: Buffer.concat(chunks).toString("utf8") + extra });
    };
    child.once("error", (error) => finish(1, `\n${error.message}`));
    child.once("close", (code, signal) => finish(code ?? 1, signal ? `\nended by ${signal}` : ""));
  });
}
