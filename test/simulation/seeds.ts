// Plays many seeds, or the one that ROTA_SEED names, and expects no violation of any promise.

import { expect, it } from "vitest";
import { violationsOf } from "./oracle.ts";
import { play } from "./scenario.ts";

const only = process.env["ROTA_SEED"];
const count = Number(process.env["ROTA_SEEDS"] ?? 10_000);

/** Two files share the seeds, since tests of one file share a processor. */
export function simulate(share: "odd" | "even"): void {
  const rest = share === "odd" ? 1 : 0;
  const all = only === undefined ? Array.from({ length: count }, (_, i) => i + 1) : [Number(only)];
  const seeds = all.filter((seed) => seed % 2 === rest);
  const title =
    "I1 I2 I3 I4 I7 R1 R2 R3 R4 R5 R7 R8 R9 R11 keeps every promise under crashes, lost and doubled deliveries";

  it(`${title} (${seeds.length} ${share} seeds)`, { timeout: 3_600_000 }, async () => {
    let deaths = 0;
    let effects = 0;
    for (const seed of seeds) {
      const story = await play(seed);
      const violations = await violationsOf(story);
      deaths += story.world.deaths;
      effects += story.world.effects.length;
      await story.world.ledger.close();
      const again = `seed ${seed}; play it again with: ROTA_SEED=${seed} npx vitest run --project simulation`;
      expect(violations, again).toEqual([]);
    }
    // A simulation in which nothing happens proves nothing.
    const isMany = seeds.length > 100;
    expect(effects).toBeGreaterThanOrEqual(isMany ? seeds.length : 0);
    expect(deaths).toBeGreaterThanOrEqual(isMany ? seeds.length / 4 : 0);
  });
}
