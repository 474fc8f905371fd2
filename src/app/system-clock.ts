// The clock of a real process: wall time for the ledger, monotonic time for durations, timers of any length.

import type { CancelTimer, Clock, TimerOptions } from "../ports/clock.ts";

/** Node's timers hold 31 bits of milliseconds and fire at once beyond; longer waits are taken in pieces. */
const longestTimerMs = 2 ** 31 - 1;

export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return performance.now();
  }

  after(delayMs: number, act: () => void, { holdsProcess = false }: TimerOptions = {}): CancelTimer {
    const endMs = performance.now() + delayMs;
    let timer: NodeJS.Timeout;
    const wait = (): void => {
      const leftMs = endMs - performance.now();
      if (leftMs <= longestTimerMs) timer = setTimeout(act, Math.max(0, Math.ceil(leftMs)));
      else timer = setTimeout(wait, longestTimerMs);
      if (!holdsProcess) timer.unref();
    };
    wait();
    return () => clearTimeout(timer);
  }

  endOfTurn(act: () => void): void {
    process.nextTick(act);
  }
}
