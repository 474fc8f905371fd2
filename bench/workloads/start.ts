// Start of a process until Rota works, against a bare node.

import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { nowMs } from "../clock.ts";
import { startRota } from "../start-rota.ts";
import { median } from "../statistics.ts";
import type { Contender, Workload } from "../workload.ts";

/** Starts of one measurement. */
const starts = 7;

const bareNode: Contender = { name: "bare node", side: "none" };

export const start: Workload = {
  name: "start",
  what: "from the start of a node until `createRota` has resolved on an existing file; bare: `node -e 0` until it has ended",
  contenders: [{ name: "Rota", side: "rota" }, bareNode],
  measure: async (contender, stage) => {
    if (contender === bareNode) return { readyMs: await medianOf(async () => bare()) };
    const path = join(stage.place.folder, "start.db");
    for (const end of ["", "-wal", "-shm", "-lock"]) rmSync(path + end, { force: true });
    await startRota(path, 0); // makes the file
    const readyMs = await medianOf(async () => (await startRota(path, 0)).readyMs);
    const { megabytes } = await startRota(path, 3000);
    return { readyMs, idleMegabytes: megabytes };
  },
};

async function medianOf(measure: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let i = 0; i < starts; i++) values.push(await measure());
  return median(values);
}

function bare(): number {
  const startMs = nowMs();
  execFileSync(process.execPath, ["-e", "0"]);
  return nowMs() - startMs;
}
