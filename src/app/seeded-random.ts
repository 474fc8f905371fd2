// Chance that can be repeated: the same seed gives the same numbers.

import type { Random } from "../ports/random.ts";

/** mulberry32, by Tommy Ettinger (public domain): 32 bits of state, enough for jitter and simulations. */
export class SeededRandom implements Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }
}
