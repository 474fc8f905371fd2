// kill -9 at every named point of the ledger's transactions: each is there whole or not at all, and what follows goes on.

import { describe, expect, it } from "vitest";
import { Arena } from "./arena.ts";
import { Child } from "./child.ts";
import { finishHere } from "./finish.ts";
import type { ScriptOptions } from "./programs/ledger-script.ts";
import { chanceOf, isLong, say, type Chance } from "./seed.ts";

const source = new URL("../../src/", import.meta.url).href;
/** How often each point is died at: at its first and its last passing, then at random ones. */
const timesEach = isLong ? 20 : 2;
/** Deaths going on at once, each on a file of its own. */
const lanes = 2;

interface Point {
  readonly point: string;
  readonly hits: number;
}

function script(arena: Arena, kill?: ScriptOptions["kill"]): Child {
  return Child.program("ledger-script", {
    source,
    database: arena.database,
    deeds: arena.deedsPath,
    baseMs: Date.now() - 10_000,
    ...(kill === undefined ? {} : { kill }),
  } satisfies ScriptOptions);
}

/** Plays the story once without a death in the middle, and lists every point it passed. */
async function dryRun(): Promise<readonly Point[]> {
  using arena = new Arena();
  await using child = script(arena);
  const told = await child.line(/^points (.*)$/m);
  await child.exited;
  arena.buried(child.pid);
  arena.look();
  await finishHere(arena);
  arena.demandNone(arena.judge());
  const points = JSON.parse(told) as readonly (readonly [string, number])[]; // printed by the script
  return points.map(([point, hits]) => ({ point, hits }));
}

async function dieAt(point: string, hit: number): Promise<void> {
  using arena = new Arena();
  await using child = script(arena, { point, hit });
  const { signal, err } = await child.exited;
  expect(`${signal} ${err}`, `${point}, passing ${hit}`).toBe("SIGKILL ");
  arena.buried(child.pid);
  // A file that died while it was made may not be a ledger yet; whoever opens it next makes it one.
  if (!point.startsWith("open /")) arena.look();
  await finishHere(arena);
  arena.demandNone(arena.judge().map((violation) => `killed at "${point}", passing ${hit}: ${violation}`));
}

function hitsOf({ hits }: Point, chance: Chance): readonly number[] {
  const first = [1, hits].slice(0, timesEach);
  const more = Array.from({ length: Math.max(0, timesEach - 2) }, () => chance.whole(1, hits));
  // The story is the same each time: in the gate a point that is passed once is died at once.
  return isLong ? [...first, ...more] : [...new Set(first)];
}

describe("kill -9 at every named point", () => {
  it(
    "I1 I2 I3 I5 R1 R3 R5 R7 leaves each transaction of fire, settle, add, claim, cancel, pause, recover whole or undone",
    { timeout: 7_200_000 },
    async () => {
      const chance = chanceOf("every named point");
      const points = await dryRun();
      const deaths = points.flatMap((point) =>
        hitsOf(point, chance).map((hit) => ({ point: point.point, hit })),
      );
      const waiting = [...deaths];
      const work = async (): Promise<void> => {
        for (let death = waiting.shift(); death !== undefined; death = waiting.shift())
          await dieAt(death.point, death.hit);
      };
      await Promise.all(Array.from({ length: lanes }, work));
      const chapters = new Set(points.map(({ point }) => point.split(" / ")[0]));
      say(
        `killed ${deaths.length} times at ${points.length} points of ${chapters.size} transactions: ${[...chapters].join(", ")}`,
      );
      expect(points.length).toBeGreaterThan(60);
      for (const chapter of ["fire", "settle", "add", "claim", "cancel running", "pause", "recover"])
        expect([...chapters]).toContain(chapter);
    },
  );
});
