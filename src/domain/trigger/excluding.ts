// The instants that remain when dates and crons are excluded.

import { earliestMs, latestMs } from "./civil.ts";
import type { FreeReadings } from "./free-readings.ts";
import type { InstantSource } from "./local-pattern.ts";
import { searchWork, Work } from "./work.ts";
import type { Zone } from "./zone.ts";

export interface Exclusion {
  readonly zone: Zone;
  readonly free: FreeReadings;
  /** What looking at one candidate counts as work: the members it comes from. */
  readonly candidateWork: number;
}

/**
 * Instants and free readings take turns: a candidate that is excluded gives way to the first one at or after the next
 * free reading, however far that is. What cannot be found by its work is not taken for nothing: the work says where the
 * search should go on.
 */
export class Excluding implements InstantSource {
  readonly #inner: InstantSource;
  readonly #exclusion: Exclusion;

  constructor(inner: InstantSource, exclusion: Exclusion) {
    this.#inner = inner;
    this.#exclusion = exclusion;
  }

  next(afterMs: number, work = new Work(searchWork)): number {
    const { zone, free, candidateWork } = this.#exclusion;
    if (free.isEmpty) return Infinity;
    let found = this.#inner.next(afterMs);
    while (found < Infinity) {
      if (work.isSpent) {
        work.giveUp(found);
        return Infinity;
      }
      work.spend(candidateWork);
      const { offsetMs, toMs } = zone.segmentAt(found);
      const endMs = Math.min(toMs, latestMs + 1);
      const freeMs = free.next(found + offsetMs, endMs + offsetMs, work) - offsetMs;
      if (freeMs === found) return found;
      found = this.#inner.next(Math.min(freeMs, endMs) - 1);
    }
    return Infinity;
  }

  previous(beforeMs: number, work = new Work(searchWork), floorMs = -Infinity): number {
    const { zone, free, candidateWork } = this.#exclusion;
    if (free.isEmpty) return -Infinity;
    let found = this.#inner.previous(beforeMs);
    while (found > floorMs) {
      if (work.isSpent) {
        work.giveUp(found);
        return -Infinity;
      }
      work.spend(candidateWork);
      const { offsetMs, fromMs } = zone.segmentAt(found);
      const startMs = Math.max(fromMs, earliestMs, floorMs);
      const freeMs = free.previous(found + offsetMs, startMs + offsetMs, work) - offsetMs;
      if (freeMs === found) return found;
      found = this.#inner.previous(Math.max(freeMs, startMs - 1) + 1);
    }
    return -Infinity;
  }
}
