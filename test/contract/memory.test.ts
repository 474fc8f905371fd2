// The ledger contract in memory.
import { describe, expect, it } from "vitest";
import { openSqliteLedger } from "../../src/ledgers/sqlite/index.ts";
import { testLedger } from "../../src/testing/ledger-contract.ts";

testLedger({
  runner: { describe, it, expect },
  open: () => openSqliteLedger({ database: "memory:", nowMs: Date.UTC(2026, 2, 2), idSeed: 1 }),
});
