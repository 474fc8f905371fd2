// The real clock of a process, whose wall time can be set forward and back as an administrator might.

import type { CancelTimer, Clock } from "../../../src/ports/clock.ts";

export class JumpingClock implements Clock {
  #offsetMs: number;

  constructor(offsetMs: number) {
    this.#offsetMs = offsetMs;
  }

  /** Moves the wall clock; durations and running timers know nothing of it. */
  jump(byMs: number): void {
    this.#offsetMs += byMs;
  }

  now(): number {
    return Date.now() + this.#offsetMs;
  }

  monotonic(): number {
    return performance.now();
  }

  after(delayMs: number, act: () => void): CancelTimer {
    const timer = setTimeout(act, Math.min(delayMs, 2 ** 31 - 1));
    return () => clearTimeout(timer);
  }

  endOfTurn(act: () => void): void {
    process.nextTick(act);
  }

  nextTurn(act: () => void): void {
    setImmediate(act);
  }
}
