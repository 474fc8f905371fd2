// The instants from `startAt` to `endAt`, both included.

import type { InstantSource } from "./local-pattern.ts";

export class Bounded implements InstantSource {
  readonly #inner: InstantSource;
  readonly #startMs: number;
  readonly #endMs: number;

  constructor(inner: InstantSource, startMs: number, endMs: number) {
    this.#inner = inner;
    this.#startMs = startMs;
    this.#endMs = endMs;
  }

  next(afterMs: number): number {
    if (afterMs >= this.#endMs) return Infinity;
    const found = this.#inner.next(Math.max(afterMs, this.#startMs - 1));
    return found <= this.#endMs ? found : Infinity;
  }

  previous(beforeMs: number): number {
    if (beforeMs <= this.#startMs) return -Infinity;
    const found = this.#inner.previous(Math.min(beforeMs, this.#endMs + 1));
    return found >= this.#startMs ? found : -Infinity;
  }
}
