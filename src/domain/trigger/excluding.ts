// The instants that remain when dates and crons are excluded.

import { dayMs, dayOfLocal } from "./civil.ts";
import type { CronCalculator } from "./cron-calculator.ts";
import type { InstantSource } from "./local-pattern.ts";
import type { Zone } from "./zone.ts";

/** Days counted from 1970-01-01, both included. */
export interface DayRange {
  readonly firstDay: number;
  readonly lastDay: number;
}

export interface Exclusion {
  readonly zone: Zone;
  readonly ranges: readonly DayRange[];
  readonly crons: readonly CronCalculator[];
}

/**
 * How many excluded stretches are passed over before a trigger counts as having nothing left: centuries of days, or two
 * months of minutes that a cron with seconds takes away one by one. It bounds the work (some 0.1 s) when nothing is left.
 */
const stretchLimit = 100_000;

export class Excluding implements InstantSource {
  readonly #inner: InstantSource;
  readonly #exclusion: Exclusion;

  constructor(inner: InstantSource, exclusion: Exclusion) {
    this.#inner = inner;
    this.#exclusion = { ...exclusion, ranges: [...exclusion.ranges].sort((a, b) => a.firstDay - b.firstDay) };
  }

  next(afterMs: number): number {
    let found = this.#inner.next(afterMs);
    for (let n = 0; n < stretchLimit && found < Infinity; n++) {
      const stretch = this.#stretchAt(found);
      if (stretch === undefined) return found;
      found = this.#inner.next(stretch.lastMs);
    }
    return Infinity;
  }

  previous(beforeMs: number): number {
    let found = this.#inner.previous(beforeMs);
    for (let n = 0; n < stretchLimit && found > -Infinity; n++) {
      const stretch = this.#stretchAt(found);
      if (stretch === undefined) return found;
      found = this.#inner.previous(stretch.firstMs);
    }
    return -Infinity;
  }

  /** An excluded stretch of time around an instant, as long as it is easy to see; undefined when it is not excluded. */
  #stretchAt(ms: number): { firstMs: number; lastMs: number } | undefined {
    const segment = this.#exclusion.zone.segmentAt(ms);
    const local = this.#localStretchAt(ms + segment.offsetMs);
    if (local === undefined) return undefined;
    return {
      firstMs: Math.max(local.first - segment.offsetMs, segment.fromMs),
      lastMs: Math.min(local.end - segment.offsetMs, segment.toMs) - 1,
    };
  }

  #localStretchAt(localMs: number): { first: number; end: number } | undefined {
    const day = dayOfLocal(localMs);
    for (const { firstDay, lastDay } of this.#exclusion.ranges) {
      if (day < firstDay) break;
      if (day <= lastDay) return { first: firstDay * dayMs, end: (lastDay + 1) * dayMs };
    }
    for (const cron of this.#exclusion.crons) {
      if (!cron.matches(localMs)) continue;
      const size = cron.stretchMs;
      const first = Math.floor(localMs / size) * size;
      return { first, end: first + size };
    }
    return undefined;
  }
}
