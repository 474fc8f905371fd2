// The ledger's thread is started alike whatever way its process was.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";

const library = JSON.stringify(new URL("../../src/ledgers/sqlite/index.ts", import.meta.url).href);
const program = `
  const { openSqliteLedger } = await import(${library});
  const ledger = await openSqliteLedger({ database: process.argv.at(-1), host: "thread", nowMs: 0 });
  console.log(await ledger.tasks.nextFireAt() ?? "nothing is due");
  await ledger.close();
`;
let folder = "";

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "rota-thread-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const startedWith = [
  ["--input-type=module", "--eval", program],
  ["--input-type", "module", "-e", program],
  ["--max-old-space-size=256", "--import=data:text/javascript,", "--input-type=module", "-e", program],
] as const;

for (const options of startedWith) {
  const shown = options.slice(0, -1).join(" ");
  it(`serves a program given on the command line: node ${shown}`, { timeout: 60_000 }, () => {
    const answer = execFileSync(process.execPath, [...options, `sqlite:${join(folder, "rota.db")}`], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    expect(answer).toBe("nothing is due\n");
  });
}
