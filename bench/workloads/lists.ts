// Lists and statistics of a long history: single pages, and all of 100,000 runs page by page.

import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Contender, Figures, Workload } from "../workload.ts";

const short: Contender = { name: "Rota, 100,000 runs", side: "rota" };
const long: Contender = { name: "Rota, 1,000,000 runs", side: "rota" };

export const lists: Workload = {
  name: "lists",
  what: "lists and statistics over ended runs; the library's answer, the ledger on its thread; median of five",
  contenders: [short, long],
  quickRounds: 1,
  measure: async (contender, { place }) => {
    const path = join(place.folder, "lists.db");
    for (const end of ["", "-wal", "-shm", "-lock"]) rmSync(path + end, { force: true });
    const side = join(import.meta.dirname, "..", "sides", "list-ledger.ts");
    const runs = contender === long ? "1000000" : "100000";
    const figures: unknown = JSON.parse(
      execFileSync(process.execPath, [side, path, runs], { encoding: "utf8" }),
    );
    return figures as Figures; // written by the side
  },
};
