// Chance that can be had again: every random test prints its seed, and `ROTA_SEED` gives it another.

/** Whether the long form was asked for: more kills, every point more often. */
export const isLong = process.env["ROTA_FAULT"] === "long";

/** Numbers from one seed (mulberry32); the same seed makes the same choices. */
export class Chance {
  readonly seed: number;
  #state: number;

  constructor(seed: number) {
    this.seed = seed;
    this.#state = seed >>> 0;
  }

  /** A number in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `from` to `to`, both included. */
  whole(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  pick<Item>(items: readonly [Item, ...Item[]]): Item {
    return items[this.whole(0, items.length - 1)] ?? items[0];
  }

  /** One of a list that may be empty. */
  any<Item>(items: readonly Item[]): Item | undefined {
    return items[this.whole(0, items.length - 1)];
  }
}

/** The chance of a test: from `ROTA_SEED`, else a new one; told in either case. */
export function chanceOf(test: string): Chance {
  const given = process.env["ROTA_SEED"];
  const seed = given === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(given);
  if (!Number.isSafeInteger(seed)) throw new Error(`ROTA_SEED is not a number: ${String(given)}`);
  say(`${test}: seed ${seed}; again with ROTA_SEED=${seed} npx vitest run --project fault -t "${test}"`);
  return new Chance(seed);
}

/** What a fault test did is part of its result, so it is said aloud. */
export function say(line: string): void {
  process.stdout.write(`[fault] ${line}\n`);
}
