// Whoever only waits for the ledger, over and over, leaves room for timers and sockets, wherever the ledger works.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createRota, type RotaOptions } from "../../src/index.ts";

/** More reads than a turn could ever take part in; a loop that starves timers makes them all. */
const mostReads = 20_000;

it.each<{ readonly where: string; readonly options: (file: string) => RotaOptions }>([
  { where: "memory", options: () => ({ database: "memory:" }) },
  { where: "memory, on the main thread", options: () => ({ database: "memory:", ledgerThread: "main" }) },
  {
    where: "a file, on the main thread",
    options: (file) => ({ database: `sqlite:${file}`, ledgerThread: "main" }),
  },
  { where: "a file, in its thread", options: (file) => ({ database: `sqlite:${file}` }) },
])("a loop of reads lets timers fire: $where", async ({ options }) => {
  const folder = mkdtempSync(join(tmpdir(), "rota-turns-"));
  const rota = await createRota({ ...options(join(folder, "rota.db")), start: false });
  try {
    await rota.queues.list(); // loads what it takes, which yields by itself
    let hasFired = false;
    setTimeout(() => (hasFired = true), 0);
    let reads = 0;
    while (!hasFired && reads < mostReads) {
      await rota.queues.list();
      reads += 1;
    }
    expect(hasFired, `after ${reads} reads`).toBe(true);
  } finally {
    await rota.stop({ graceMs: 0 });
    rmSync(folder, { recursive: true, force: true });
  }
});
