// A ledger in a new file that is removed when it is closed.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteLedger, type SqliteLedger } from "../../src/ledgers/sqlite/index.ts";

export async function openScratchLedger({
  host,
}: {
  readonly host: "main" | "thread";
}): Promise<SqliteLedger> {
  const folder = await mkdtemp(join(tmpdir(), "rota-ledger-"));
  const ledger = await openSqliteLedger({
    database: `sqlite:${join(folder, "rota.db")}`,
    host,
    nowMs: Date.UTC(2026, 2, 2),
    idSeed: 1,
  });
  const close = ledger.close.bind(ledger);
  ledger.close = async () => {
    await close();
    await rm(folder, { recursive: true, force: true });
  };
  return ledger;
}
