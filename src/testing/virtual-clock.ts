// A clock that stands still until it is told to go on: a year passes in milliseconds.

import type { CancelTimer, Clock, TimerOptions } from "../ports/clock.ts";

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly act: () => void;
  readonly idle: boolean;
}

/**
 * Virtual time. Timers fire in order of their moment, each at exactly its moment; looks (`idle` timers) fire once for
 * each stretch of time that is jumped over.
 *
 * Between two moments everything that was set going is let finish, as far as it does not wait for the world outside:
 * code that reads files or sockets should be awaited by the test itself.
 */
export class VirtualClock implements Clock {
  #nowMs: number;
  readonly #startMs: number;
  #timers: Timer[] = [];
  #order = 0;

  /** @param start - an instant (ISO 8601) or milliseconds since the epoch. @default 2026-01-01T00:00:00Z */
  constructor(start: string | number = "2026-01-01T00:00:00Z") {
    this.#nowMs = typeof start === "number" ? start : Date.parse(start);
    this.#startMs = this.#nowMs;
  }

  now(): number {
    return this.#nowMs;
  }

  monotonic(): number {
    return this.#nowMs - this.#startMs;
  }

  after(delayMs: number, act: () => void, options: TimerOptions = {}): CancelTimer {
    const timer = {
      atMs: Math.ceil(this.#nowMs + Math.max(0, delayMs)),
      order: this.#order++,
      act,
      idle: options.idle ?? false,
    };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  endOfTurn(act: () => void): void {
    queueMicrotask(act);
  }

  /** Virtual time has no turns: real I/O need not wait for it. */
  nextTurn(act: () => void): void {
    queueMicrotask(act);
  }

  /** Lets `ms` milliseconds pass. */
  async advance(ms: number): Promise<void> {
    await this.advanceTo(this.#nowMs + Math.round(ms));
  }

  /** Lets time pass until that instant (ISO 8601, or milliseconds since the epoch). */
  async advanceTo(until: string | number): Promise<void> {
    const untilMs = typeof until === "number" ? until : Date.parse(until);
    await settled();
    for (;;) {
      const next = this.#earliest((timer) => !timer.idle && timer.atMs <= untilMs);
      this.#nowMs = Math.max(this.#nowMs, next?.atMs ?? untilMs);
      await this.#fireDue();
      if (!next) return;
    }
  }

  async #fireDue(): Promise<void> {
    const nowMs = this.#nowMs;
    const last = this.#order;
    for (;;) {
      // What is set during this round for this very moment belongs to it; looks come once.
      const due = this.#earliest((timer) => timer.atMs <= nowMs && (!timer.idle || timer.order < last));
      if (!due) return;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      due.act();
      await settled();
    }
  }

  #earliest(wanted: (timer: Timer) => boolean): Timer | undefined {
    let best: Timer | undefined;
    for (const timer of this.#timers) {
      if (!wanted(timer)) continue;
      if (!best || timer.atMs < best.atMs || (timer.atMs === best.atMs && timer.order < best.order))
        best = timer;
    }
    return best;
  }
}

/** Resolves when everything that waits only for other promises is done. */
async function settled(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}
