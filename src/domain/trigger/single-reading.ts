// The one reading of an `at` trigger that names a local time, and the one instant of one that names an instant.

import type { InstantSource, LocalPattern } from "./local-pattern.ts";

export class SingleReading implements LocalPattern {
  readonly #localMs: number;

  constructor(localMs: number) {
    this.#localMs = localMs;
  }

  next(fromLocalMs: number): number {
    return fromLocalMs <= this.#localMs ? this.#localMs : Infinity;
  }

  previous(toLocalMs: number): number {
    return toLocalMs >= this.#localMs ? this.#localMs : -Infinity;
  }
}

export class SingleInstant implements InstantSource {
  readonly #ms: number;

  constructor(ms: number) {
    this.#ms = ms;
  }

  next(afterMs: number): number {
    return afterMs < this.#ms ? this.#ms : Infinity;
  }

  previous(beforeMs: number): number {
    return beforeMs > this.#ms ? this.#ms : -Infinity;
  }
}
