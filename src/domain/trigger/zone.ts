// A time zone: its offsets and the instants at which they change, read from Intl once and kept.

import { dayMs, earliestMs, latestMs } from "./civil.ts";

/** A stretch of time in which a zone's offset does not change; it may begin or end where nothing changes. */
export interface ZoneSegment {
  /** First instant. */
  readonly fromMs: number;
  /** First instant no longer in it. */
  readonly toMs: number;
  /** Local time minus UTC. */
  readonly offsetMs: number;
  /** The offset just before `fromMs`, and the one at `toMs`: equal to `offsetMs` where nothing changes. */
  readonly beforeOffsetMs: number;
  readonly afterOffsetMs: number;
}

/** A change of the clocks: local time goes from `atMs + beforeOffsetMs` to `atMs + afterOffsetMs`. */
export interface Transition {
  readonly atMs: number;
  readonly beforeOffsetMs: number;
  readonly afterOffsetMs: number;
}

/** Segments are found and kept by blocks of about 13 months. */
const blockMs = 2 ** 35;
/**
 * Offsets are sampled this far apart. The shortest time between two changes in the zone database since 1970 is some
 * weeks (Ramadan in Cairo and Casablanca); each sample costs about 1 µs, once.
 */
const sampleMs = 7 * dayMs;
/** No change of the clocks is larger than this. */
const clearanceMs = 2 * dayMs;
/** Blocks kept for each zone: more than 500 years; a zone asked for more starts again. */
const blockLimit = 512;

/**
 * One IANA zone. Offsets come from `Intl.DateTimeFormat` and are cached by stretches, so that asking again costs some
 * nanoseconds.
 */
export class Zone {
  readonly name: string;
  readonly #offsetAt: (ms: number) => number;
  readonly #blocks = new Map<number, readonly ZoneSegment[]>();
  #last: ZoneSegment;

  private constructor(name: string, format: Intl.DateTimeFormat) {
    this.name = name;
    const isUtc = format.resolvedOptions().timeZone === "UTC";
    this.#offsetAt = isUtc ? () => 0 : (ms) => readOffset(format.format(ms));
    // An empty stretch: the first question fills it. UTC needs no block at all.
    const edge = isUtc ? [-Infinity, Infinity] : [0, 0];
    this.#last = {
      fromMs: edge[0] ?? 0,
      toMs: edge[1] ?? 0,
      offsetMs: 0,
      beforeOffsetMs: 0,
      afterOffsetMs: 0,
    };
  }

  /** The zone of that name, or undefined when there is none; abbreviations such as CST are refused as ambiguous. */
  static find(name: string): Zone | undefined {
    if (name.length > 64 || !/^[A-Za-z]/.test(name)) return undefined;
    if (/^[A-Z]{3}$/i.test(name) && !/^(utc|gmt|uct|prc|roc|rok)$/i.test(name)) return undefined;
    try {
      return new Zone(name, new Intl.DateTimeFormat("en-US", { timeZone: name, timeZoneName: "longOffset" }));
    } catch {
      return undefined; // Intl has no other way to say that it does not know a zone
    }
  }

  get isUtc(): boolean {
    return this.#last.toMs === Infinity;
  }

  offsetAt(ms: number): number {
    return this.segmentAt(ms).offsetMs;
  }

  segmentAt(ms: number): ZoneSegment {
    const last = this.#last;
    if (ms >= last.fromMs && ms < last.toMs) return last;
    const bounded = Math.min(Math.max(ms, earliestMs), latestMs);
    const index = Math.floor(bounded / blockMs);
    const block = this.#block(index);
    const isBefore = bounded < (block[0]?.fromMs ?? 0);
    for (const segment of isBefore ? this.#block(index - 1) : block) {
      if (bounded < segment.toMs) return (this.#last = segment);
    }
    throw new RangeError("a block covers its whole time"); // unreachable: the last segment ends with the block
  }

  /** The changes of the clocks in (afterMs, untilMs], in order. */
  transitions(afterMs: number, untilMs: number): Transition[] {
    const found: Transition[] = [];
    let segment = this.segmentAt(afterMs);
    while (segment.toMs <= untilMs && segment.toMs <= latestMs) {
      const { toMs: atMs, offsetMs: beforeOffsetMs, afterOffsetMs } = segment;
      if (beforeOffsetMs !== afterOffsetMs) found.push({ atMs, beforeOffsetMs, afterOffsetMs });
      segment = this.segmentAt(atMs);
    }
    return found;
  }

  #block(index: number): readonly ZoneSegment[] {
    const known = this.#blocks.get(index);
    if (known !== undefined) return known;
    if (this.#blocks.size >= blockLimit) this.#blocks.clear();
    const block = this.#readBlock(this.#blockStart(index), this.#blockStart(index + 1));
    this.#blocks.set(index, block);
    return block;
  }

  /** Blocks meet where no change is near, so that what a change repeats or leaves out lies within its own segments. */
  #blockStart(index: number): number {
    let startMs = index * blockMs;
    while (this.#offsetAt(startMs - clearanceMs) !== this.#offsetAt(startMs + clearanceMs))
      startMs += clearanceMs;
    return startMs;
  }

  #readBlock(fromMs: number, toMs: number): ZoneSegment[] {
    const segments: ZoneSegment[] = [];
    let startMs = fromMs;
    let beforeOffsetMs = this.#offsetAt(fromMs - 1);
    let offsetMs = this.#offsetAt(fromMs);
    let lowMs = fromMs;
    while (lowMs < toMs) {
      const highMs = Math.min(lowMs + sampleMs, toMs);
      const highOffsetMs = this.#offsetAt(highMs);
      if (highOffsetMs === offsetMs) {
        lowMs = highMs;
        continue;
      }
      // Continue behind the first change after lowMs, which need not be the one that led to highOffsetMs.
      const atMs = this.#firstChange(lowMs, highMs);
      if (atMs >= toMs) break;
      const afterOffsetMs = this.#offsetAt(atMs);
      segments.push({ fromMs: startMs, toMs: atMs, offsetMs, beforeOffsetMs, afterOffsetMs });
      [startMs, beforeOffsetMs, offsetMs, lowMs] = [atMs, offsetMs, afterOffsetMs, atMs];
    }
    segments.push({ fromMs: startMs, toMs, offsetMs, beforeOffsetMs, afterOffsetMs: this.#offsetAt(toMs) });
    return segments;
  }

  /** Bisection: clocks change at whole seconds. */
  #firstChange(fromMs: number, toMs: number): number {
    const offsetMs = this.#offsetAt(fromMs);
    let low = Math.floor(fromMs / 1000);
    let high = Math.ceil(toMs / 1000);
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.#offsetAt(middle * 1000) === offsetMs) low = middle;
      else high = middle;
    }
    return high * 1000;
  }
}

/** "11/21/2026, GMT+05:30" → 19,800,000; "GMT" alone is 0; old local mean times have seconds. */
function readOffset(text: string): number {
  const at = text.lastIndexOf("GMT") + 3;
  if (at >= text.length) return 0;
  const [hours = "0", minutes = "0", seconds = "0"] = text.slice(at + 1).split(":");
  const ms = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
  return text[at] === "+" ? ms : -ms;
}
