// Starts a program that opens a ledger, and tells how long it took and what memory it then has.

import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { nowMs, sleep } from "./clock.ts";
import { residentMegabytes } from "./processes.ts";

export interface Started {
  readonly readyMs: number;
  readonly megabytes: number;
}

/** The program is plain JavaScript, so that no type stripping is measured. `idleMs`: when its memory is read. */
export async function startRota(path: string, idleMs: number): Promise<Started> {
  const library = JSON.stringify(new URL("../dist/index.js", import.meta.url).href);
  const program = `
    import { createRota, defineExecutor } from ${library};
    const noop = defineExecutor({ type: "noop", run: () => undefined });
    const rota = await createRota({ database: ${JSON.stringify(`sqlite:${path}`)}, executors: [noop] });
    process.stdout.write("ready\\n");
    process.stdin.once("end", () => rota.stop()).resume();
  `;
  const file = `${path}.start.mjs`;
  writeFileSync(file, program);
  const startMs = nowMs();
  const child = spawn(process.execPath, [file], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exit = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const ready = new Promise<number>((resolve) => child.stdout.once("data", () => resolve(nowMs() - startMs)));
  const readyMs = await Promise.race([ready, exit.then(() => Number.NaN)]);
  if (!Number.isNaN(readyMs)) await sleep(idleMs);
  const megabytes = Number.isNaN(readyMs) ? Number.NaN : residentMegabytes(child.pid);
  child.stdin.end();
  const code = await exit;
  if (code !== 0) throw new Error(`the program that starts Rota ended with ${String(code)}`);
  return { readyMs, megabytes };
}
