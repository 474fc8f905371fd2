// A big ledger: what a million schedules and ten million waiting runs cost a start and an idle process.

import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { startRota } from "../start-rota.ts";
import type { Contender, Workload } from "../workload.ts";

const empty: Contender = { name: "Rota, empty", side: "rota" };
const full: Contender = { name: "Rota", side: "rota" };

/** Needs some 10 GB of disk and many minutes. */
export const big: Workload = {
  name: "big",
  what: "1,000,000 schedules and 10,000,000 waiting runs: start to ready, and memory after 3 idle seconds",
  contenders: [full, empty],
  quickRounds: 1,
  measure: async (contender, { place }) => {
    const path = join(place.folder, "big.db");
    for (const end of ["", "-wal", "-shm", "-lock"]) rmSync(path + end, { force: true });
    const size = contender === full ? ["1000000", "10000000"] : ["0", "0"];
    execFileSync(process.execPath, [
      join(import.meta.dirname, "..", "sides", "big-ledger.ts"),
      path,
      ...size,
    ]);
    const { readyMs, megabytes } = await startRota(path, 3000);
    return { readyMs, megabytes };
  },
};
