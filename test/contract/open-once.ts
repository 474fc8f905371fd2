// A process that opens the database it is told of, and says how that went. Started by sqlite-refusals.test.ts.
import { RotaError } from "../../src/domain/errors.ts";
import { openSqliteLedger } from "../../src/ledgers/sqlite/index.ts";

try {
  const ledger = await openSqliteLedger({ database: `sqlite:${process.argv[2] ?? ""}`, nowMs: 0 });
  await ledger.close();
  process.stdout.write(JSON.stringify({ code: "opened" }));
} catch (error) {
  if (!RotaError.isInstance(error)) throw error;
  const { code, message } = error;
  process.stdout.write(JSON.stringify({ code, message }));
}
