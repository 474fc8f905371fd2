// The readings of a daily trigger: some times of day, on some days of the week.

import { dayMs, dayOfLocal, weekdayOf } from "./civil.ts";
import type { LocalPattern } from "./local-pattern.ts";
import { dayNames, type DayName } from "./trigger.ts";

export class DailyTimes implements LocalPattern {
  /** Ascending, milliseconds after midnight. */
  readonly #timesMs: readonly number[];
  readonly #days: number;

  constructor(timesMs: readonly number[], days: number) {
    this.#timesMs = [...new Set(timesMs)].sort((a, b) => a - b);
    this.#days = days;
  }

  next(fromLocalMs: number): number {
    const today = dayOfLocal(fromLocalMs);
    for (let day = today; day <= today + 7; day++) {
      if (((this.#days >>> weekdayOf(day)) & 1) === 0) continue;
      const time = this.#timesMs.find((ms) => day * dayMs + ms >= fromLocalMs);
      if (time !== undefined) return day * dayMs + time;
    }
    return Infinity;
  }

  previous(toLocalMs: number): number {
    const today = dayOfLocal(toLocalMs);
    for (let day = today; day >= today - 7; day--) {
      if (((this.#days >>> weekdayOf(day)) & 1) === 0) continue;
      const time = this.#timesMs.findLast((ms) => day * dayMs + ms <= toLocalMs);
      if (time !== undefined) return day * dayMs + time;
    }
    return -Infinity;
  }
}

/** Names of days as bits 0 (Sunday) to 6; no names are all days. */
export function daysMask(days: readonly DayName[] | undefined): number {
  if (days === undefined) return 0x7f;
  let mask = 0;
  for (const day of days) mask |= 1 << dayNames.indexOf(day);
  return mask;
}
