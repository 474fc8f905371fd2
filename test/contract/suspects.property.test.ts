// Whatever happens to runs that may have killed their process: one is at work at a time, and none is forgotten.
import fc from "fast-check";
import { expect, it } from "vitest";
import { openSqliteLedger } from "../../src/ledgers/sqlite/index.ts";
import { Scene } from "../../src/testing/ledger-contract/scene.ts";
import { deeds, SuspectWalk, type Step } from "./suspect-walk.ts";

const step = fc.record<Step>({ deed: fc.constantFrom(...deeds), pick: fc.nat(1000) });

it("of suspects one is at work at a time, and each gets its turn", { timeout: 600_000 }, async () => {
  const walks = fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
    const ledger = await openSqliteLedger({
      database: "memory:",
      host: "main",
      nowMs: Date.UTC(2026, 2, 2),
      idSeed: 1,
    });
    try {
      const walk = new SuspectWalk(new Scene(ledger));
      await walk.begin();
      for (const each of steps) {
        await walk.take(each);
        if (each.deed === "look") await walk.judge();
      }
      await walk.finish();
      expect(walk.violations).toEqual([]);
    } finally {
      await ledger.close();
    }
  });
  await fc.assert(walks, { numRuns: Number(process.env["ROTA_SEEDS"] ?? 100) });
});
