// Thousands of simulated lives of an installation under virtual time; each failing seed can be played again by itself.

import { describe, expect, it } from "vitest";
import { violationsOf } from "./oracle.ts";
import { play } from "./scenario.ts";

const only = process.env["ROTA_SEED"];
const count = Number(process.env["ROTA_SEEDS"] ?? 10_000);

describe("a simulated installation", () => {
  const title =
    "I1 I2 I3 I4 I7 R1 R2 R3 R4 R5 R7 R8 R9 R11 keeps every promise under crashes, lost and doubled deliveries";

  it(
    only === undefined ? `${title} (${count} seeds)` : `${title} (seed ${only})`,
    { timeout: 1_800_000 },
    async () => {
      const seeds = only === undefined ? Array.from({ length: count }, (_, i) => i + 1) : [Number(only)];
      let deaths = 0;
      let effects = 0;
      for (const seed of seeds) {
        const story = await play(seed);
        const violations = await violationsOf(story);
        deaths += story.world.deaths;
        effects += story.world.effects.length;
        await story.world.ledger.close();
        expect(
          violations,
          `seed ${seed}; play it again with: ROTA_SEED=${seed} npx vitest run --project simulation`,
        ).toEqual([]);
      }
      // A simulation in which nothing happens proves nothing.
      expect(effects).toBeGreaterThan(seeds.length);
      if (seeds.length > 100) expect(deaths).toBeGreaterThan(seeds.length / 4);
    },
  );
});
