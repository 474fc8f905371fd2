// How many readers of streams there may be at once.

import { RotaError } from "../domain/errors.ts";

/** Hands out places for readers; each is given back once. */
export class StreamSlots {
  readonly #most: number;
  #taken = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Takes a place and returns how to give it back. @throws OVERLOADED when there is none left */
  take(): () => void {
    if (this.#taken >= this.#most) {
      throw new RotaError("OVERLOADED", `${this.#most} streams are open, which is the most there may be`, {
        retryable: true,
        details: { streams: this.#most },
      });
    }
    this.#taken += 1;
    let isGivenBack = false;
    return () => {
      if (!isGivenBack) this.#taken -= 1;
      isGivenBack = true;
    };
  }
}
