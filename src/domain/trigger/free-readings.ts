// The wall-clock readings that no exclusion takes away, found by the bit sets of all excluding crons at once.

import { dayMs, dayOfLocal } from "./civil.ts";
import type { CronCalculator } from "./cron-calculator.ts";
import type { CronFields } from "./cron-expression.ts";
import { FreeSeconds } from "./free-seconds.ts";
import type { Work } from "./work.ts";

/** Days counted from 1970-01-01, both included. */
export interface DayRange {
  readonly firstDay: number;
  readonly lastDay: number;
}

/** Kinds of day kept: work days, weekends, the first of a month … A kind takes some kilobytes at most. */
const keptKinds = 16;

/**
 * Days on which the same crons have a part are alike, so what is left of one is worked out once: a day that is taken
 * away second by second is passed over as fast as one that is taken away whole.
 */
export class FreeReadings {
  /** Ascending and apart. */
  readonly #ranges: readonly DayRange[];
  readonly #crons: readonly CronCalculator[];
  readonly #kinds = new Map<number, FreeSeconds>();
  /** True when the crons that have a part in every day leave nothing of any. */
  readonly isEmpty: boolean;

  /** @param crons - at most 53: which of them have a part in a day is kept as the bits of one number */
  constructor(ranges: readonly DayRange[], crons: readonly CronCalculator[]) {
    this.#ranges = merged(ranges);
    this.#crons = crons;
    this.isEmpty = new FreeSeconds(crons.map(({ fields }) => fields).filter(isDaily)).isEmpty;
  }

  /**
   * The first free reading from `fromLocalMs` on, or, where there is none before `untilLocalMs` or the work is used up
   * on the way, one up to which there is none. Looks at one day at least.
   */
  next(fromLocalMs: number, untilLocalMs: number, work: Work): number {
    let ms = fromLocalMs;
    do {
      const day = dayOfLocal(ms);
      const range = this.#rangeAt(day);
      const second = range === undefined ? this.#kindOf(day, work).next(secondOf(ms, day)) : -1;
      if (second >= 0) return Math.max(ms, day * dayMs + second * 1000);
      ms = ((range?.lastDay ?? day) + 1) * dayMs;
    } while (ms < untilLocalMs && !work.isSpent);
    return ms;
  }

  /** The same backwards: the last free reading up to `toLocalMs`, or one after which there is none. */
  previous(toLocalMs: number, fromLocalMs: number, work: Work): number {
    let ms = toLocalMs;
    do {
      const day = dayOfLocal(ms);
      const range = this.#rangeAt(day);
      const second = range === undefined ? this.#kindOf(day, work).previous(secondOf(ms, day)) : -1;
      if (second >= 0) return Math.min(ms, day * dayMs + second * 1000 + 999);
      ms = (range?.firstDay ?? day) * dayMs - 1;
    } while (ms > fromLocalMs && !work.isSpent);
    return ms;
  }

  #rangeAt(day: number): DayRange | undefined {
    let [low, high] = [0, this.#ranges.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ranges[middle]?.lastDay ?? Infinity) < day) low = middle + 1;
      else high = middle;
    }
    const range = this.#ranges[low];
    return range !== undefined && range.firstDay <= day ? range : undefined;
  }

  #kindOf(day: number, work: Work): FreeSeconds {
    work.spend(this.#crons.length);
    let key = 0;
    let bit = 1;
    for (const cron of this.#crons) {
      if (cron.matchesDay(day)) key += bit;
      bit *= 2;
    }
    const known = this.#kinds.get(key);
    if (known !== undefined) return known;
    const kind = new FreeSeconds(
      this.#crons.filter((cron) => cron.matchesDay(day)).map(({ fields }) => fields),
    );
    if (this.#kinds.size >= keptKinds) this.#kinds.clear();
    this.#kinds.set(key, kind);
    return kind;
  }
}

function isDaily({ dayRule, months, years }: CronFields): boolean {
  return !dayRule.hasDayOfMonth && !dayRule.hasWeekday && months === 0x1ffe && years === undefined;
}

function secondOf(localMs: number, day: number): number {
  return Math.floor((localMs - day * dayMs) / 1000);
}

function merged(ranges: readonly DayRange[]): DayRange[] {
  const apart: DayRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.firstDay - b.firstDay)) {
    const last = apart.at(-1);
    if (last === undefined || range.firstDay > last.lastDay + 1) apart.push(range);
    else if (range.lastDay > last.lastDay) apart[apart.length - 1] = { ...last, lastDay: range.lastDay };
  }
  return apart;
}
