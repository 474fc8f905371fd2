// A process that ends without closing its ledger, in the way it is told. Started by sqlite-kill.test.ts.
import { openSqliteLedger } from "../../src/ledgers/sqlite/index.ts";
import { Scene } from "../../src/testing/ledger-contract/scene.ts";

const [, , file = "", host = "thread", way = "exit"] = process.argv;
const ledger = await openSqliteLedger({
  database: `sqlite:${file}`,
  host: host === "main" ? "main" : "thread",
  nowMs: Date.UTC(2026, 2, 2),
});
const scene = new Scene(ledger);
await scene.runs(await scene.task(), 100);
if (way === "exit") process.exit(0);
setImmediate(() => {
  throw new Error("on purpose");
});
