// Intervals: a grid of elapsed time on an anchor, and calendar units on the wall clock.

import { civilFromDays, dayMs, daysFromCivil, daysInMonth, earliestMs, latestMs } from "./civil.ts";
import type { CalendarUnit } from "../duration.ts";
import type { InstantSource, LocalPattern } from "./local-pattern.ts";

/** Every `everyMs` of elapsed time, on a grid through `anchorMs` that extends both ways and never drifts. */
export class ElapsedGrid implements InstantSource {
  readonly #everyMs: number;
  readonly #phaseMs: number;

  constructor(everyMs: number, anchorMs: number) {
    this.#everyMs = everyMs;
    this.#phaseMs = anchorMs;
  }

  next(afterMs: number): number {
    const from = Math.max(Math.floor(afterMs), earliestMs - 1);
    const found = this.#phaseMs + (Math.floor((from - this.#phaseMs) / this.#everyMs) + 1) * this.#everyMs;
    return found <= latestMs ? found : Infinity;
  }

  previous(beforeMs: number): number {
    const to = Math.min(Math.ceil(beforeMs), latestMs + 1);
    const found = this.#phaseMs + (Math.ceil((to - this.#phaseMs) / this.#everyMs) - 1) * this.#everyMs;
    return found >= earliestMs ? found : -Infinity;
  }
}

/** Every so many days, weeks or months from a local date and time; a month's day that does not exist is its last. */
export class CalendarGrid implements LocalPattern {
  readonly #unit: CalendarUnit;
  readonly #count: number;
  readonly #anchorDay: number;
  readonly #timeMs: number;

  constructor(every: { readonly unit: CalendarUnit; readonly count: number }, anchorLocalMs: number) {
    this.#unit = every.unit;
    this.#count = every.count;
    this.#anchorDay = Math.floor(anchorLocalMs / dayMs);
    this.#timeMs = anchorLocalMs - this.#anchorDay * dayMs;
  }

  next(fromLocalMs: number): number {
    let step = this.#stepNear(fromLocalMs);
    while (this.#reading(step) < fromLocalMs) step++;
    return this.#reading(step);
  }

  previous(toLocalMs: number): number {
    let step = this.#stepNear(toLocalMs) + 1;
    while (this.#reading(step) > toLocalMs) step--;
    return this.#reading(step);
  }

  /** A step whose reading is at most `localMs`, and whose second successor's is not. */
  #stepNear(localMs: number): number {
    if (this.#unit !== "mo")
      return Math.floor((localMs - this.#reading(0)) / (this.#reading(1) - this.#reading(0)));
    const anchor = civilFromDays(this.#anchorDay);
    const { year, month } = civilFromDays(Math.floor(localMs / dayMs));
    return Math.floor(((year - anchor.year) * 12 + month - anchor.month - 1) / this.#count);
  }

  #reading(step: number): number {
    if (this.#unit !== "mo") {
      const days = step * this.#count * (this.#unit === "w" ? 7 : 1);
      return (this.#anchorDay + days) * dayMs + this.#timeMs;
    }
    const anchor = civilFromDays(this.#anchorDay);
    const months = anchor.year * 12 + anchor.month - 1 + step * this.#count;
    const year = Math.floor(months / 12);
    const month = months - year * 12 + 1;
    return daysFromCivil(year, month, Math.min(anchor.day, daysInMonth(year, month))) * dayMs + this.#timeMs;
  }
}

/** All instants but one: creation, which gives a grid its place, is not itself an instant of it. */
export class WithoutInstant implements InstantSource {
  readonly #inner: InstantSource;
  readonly #ms: number;

  constructor(inner: InstantSource, ms: number) {
    this.#inner = inner;
    this.#ms = ms;
  }

  next(afterMs: number): number {
    const found = this.#inner.next(afterMs);
    return found === this.#ms ? this.#inner.next(found) : found;
  }

  previous(beforeMs: number): number {
    const found = this.#inner.previous(beforeMs);
    return found === this.#ms ? this.#inner.previous(found) : found;
  }
}
