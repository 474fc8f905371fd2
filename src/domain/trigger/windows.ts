// The hours in which a task may start runs, as stretches of time inside and outside (SEM 36).

import { dayMs, dayOfLocal, weekdayOf } from "./civil.ts";
import { daysMask } from "./daily.ts";
import { readTimeOfDay } from "./instant-text.ts";
import type { Window } from "./trigger.ts";
import type { Zone } from "./zone.ts";

/** A stretch of time that lies wholly inside or wholly outside the windows; it need not be the longest possible. */
export interface WindowStretch {
  readonly isInside: boolean;
  readonly fromMs: number;
}

const weekMs = 7 * dayMs;

/**
 * Windows in a zone. Readings decide: a window from 01:00 to 02:00 is open in both passes of a repeated hour. Without
 * any window everything is inside.
 */
export class Windows {
  readonly #zone: Zone;
  /** Milliseconds after Sunday's midnight, ascending and apart; undefined without windows. */
  readonly #spans: readonly (readonly [from: number, to: number])[] | undefined;

  constructor(windows: readonly Window[] | undefined, zone: Zone) {
    this.#zone = zone;
    this.#spans = windows === undefined || windows.length === 0 ? undefined : weekSpans(windows);
  }

  isInside(ms: number): boolean {
    return this.stretchAt(ms).isInside;
  }

  /** The stretch an instant lies in, from its beginning on. */
  stretchAt(ms: number): WindowStretch {
    if (this.#spans === undefined) return { isInside: true, fromMs: -Infinity };
    const segment = this.#zone.segmentAt(ms);
    const localMs = ms + segment.offsetMs;
    const day = dayOfLocal(localMs);
    const weekStart = (day - weekdayOf(day)) * dayMs;
    const place = localMs - weekStart;
    let begin = 0;
    let isInside = false;
    for (const [from, to] of this.#spans) {
      if (place < from) break;
      isInside = place < to;
      begin = isInside ? from : to;
      if (isInside) break;
    }
    return { isInside, fromMs: Math.max(weekStart + begin - segment.offsetMs, segment.fromMs) };
  }
}

function weekSpans(windows: readonly Window[]): (readonly [number, number])[] {
  const spans: [number, number][] = [];
  for (const window of windows) {
    const from = readTimeOfDay(window.from) ?? 0;
    const until = readTimeOfDay(window.to, true) ?? dayMs;
    const length = until > from ? until - from : until + dayMs - from;
    const mask = daysMask(window.days);
    for (let day = 0; day < 7; day++) {
      if (((mask >>> day) & 1) === 0) continue;
      const start = day * dayMs + from;
      spans.push([start, Math.min(start + length, weekMs)]);
      if (start + length > weekMs) spans.push([0, start + length - weekMs]);
    }
  }
  return merged(spans.sort(([a], [b]) => a - b));
}

function merged(spans: readonly [number, number][]): [number, number][] {
  const apart: [number, number][] = [];
  for (const [from, to] of spans) {
    const last = apart.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else apart.push([from, to]);
  }
  return apart;
}
