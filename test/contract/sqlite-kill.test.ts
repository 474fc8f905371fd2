// I5: what was acknowledged survives a kill in the middle of group commits, and the file opens again by itself.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, it } from "vitest";
import { openSqliteLedger } from "../../src/ledgers/sqlite/index.ts";

const rounds = 5;

/** Runs the writer until it has acknowledged `lines` things, kills it, and returns all that it acknowledged. */
async function writeAndKill(file: string, lines: number): Promise<readonly string[]> {
  const writer = spawn(process.execPath, [new URL("./kill-writer.ts", import.meta.url).pathname, file], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  // The pipe ends before the system has let go of the locks.
  const exited = once(writer, "exit");
  const said: string[] = [];
  for await (const line of createInterface({ input: writer.stdout })) {
    said.push(line);
    if (said.length === lines) writer.kill("SIGKILL");
  }
  await exited;
  return said;
}

const keysOf = (said: readonly string[], what: string) =>
  said.filter((line) => line.startsWith(`${what} `)).map((line) => Number(line.slice(what.length + 1)));

it(
  "I5: loses nothing that was acknowledged when the process is killed, again and again",
  { timeout: 60_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "rota-kill-"));
    const file = join(folder, "rota.db");
    try {
      const added = new Set<number>();
      const done = new Set<number>();
      for (let round = 0; round < rounds; round++) {
        const said = await writeAndKill(file, 500 + round * 331);
        expect(said.length, "there was progress before the kill").toBeGreaterThan(400);
        for (const key of keysOf(said, "added")) added.add(key);
        for (const key of keysOf(said, "done")) done.add(key);
        const nowMs = Date.UTC(2026, 2, 2);
        const ledger = await openSqliteLedger({ database: `sqlite:${file}`, host: "main", nowMs });
        expect(ledger.wasUnclean).toBe(true);
        expect(await ledger.maintenance.check()).toEqual([]);
        for (const key of added) expect((await ledger.runs.get(key))?.status).toBeDefined();
        for (const key of done) expect((await ledger.runs.get(key))?.status).toBe("completed");
        const { byStatus } = await ledger.runs.counts();
        const running = byStatus.running;
        expect(await ledger.workers.recover({ judgedMs: 0, exceptWorker: 0 }, nowMs)).toEqual({
          repeated: running,
          failed: 0,
          cancelled: 0,
        });
        expect((await ledger.runs.counts()).byStatus.running).toBe(0);
        await ledger.close();
      }
      expect(done.size).toBeGreaterThan(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

it("I5 SEM 34: a ledger that was killed is opened again over a link, and over its own name", async () => {
  const folder = mkdtempSync(join(tmpdir(), "rota-kill-"));
  const file = join(folder, "rota.db");
  const link = join(folder, "link.db");
  symlinkSync("rota.db", link);
  try {
    for (const [killed, opened] of [
      [link, file],
      [file, link],
      [link, link],
    ] as const) {
      const added = keysOf(await writeAndKill(killed, 100), "added");
      const nowMs = Date.UTC(2026, 2, 2);
      const ledger = await openSqliteLedger({ database: `sqlite:${opened}`, host: "main", nowMs });
      expect(ledger.wasUnclean).toBe(true);
      for (const key of added) expect((await ledger.runs.get(key))?.status).toBeDefined();
      await ledger.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

const waysOut = [
  { host: "thread", way: "exit" },
  { host: "thread", way: "throw" },
  { host: "main", way: "exit" },
  { host: "main", way: "throw" },
] as const;

for (const { host, way } of waysOut) {
  it(
    `opens again after a process with the store on ${host} left without closing it: ${way}`,
    { timeout: 60_000 },
    async () => {
      const folder = mkdtempSync(join(tmpdir(), "rota-exit-"));
      const file = join(folder, "rota.db");
      try {
        const script = new URL("./exit-without-close.ts", import.meta.url).pathname;
        const child = spawn(process.execPath, [script, file, host, way], { stdio: "ignore" });
        await once(child, "exit");
        expect(child.exitCode).toBe(way === "exit" ? 0 : 1);
        const ledger = await openSqliteLedger({ database: `sqlite:${file}`, nowMs: Date.UTC(2026, 2, 2) });
        expect((await ledger.runs.counts()).byStatus.pending).toBe(100);
        expect(await ledger.maintenance.check()).toEqual([]);
        await ledger.close();
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
}
