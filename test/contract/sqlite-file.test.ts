// The ledger contract on a file, with the store in a thread of its own: how the embedded engine runs by default.
import { describe, expect, it } from "vitest";
import { testLedger } from "../../src/testing/ledger-contract.ts";
import { openScratchLedger } from "./scratch-ledger.ts";

testLedger({ runner: { describe, it, expect }, open: () => openScratchLedger({ host: "thread" }) });
