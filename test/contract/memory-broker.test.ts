// The broker contract in memory.
import { describe, expect, it } from "vitest";
import { MemoryBroker } from "../../src/brokers/memory/index.ts";
import { testBroker } from "../../src/testing/broker-contract.ts";

testBroker({ runner: { describe, it, expect }, open: async () => new MemoryBroker() });
