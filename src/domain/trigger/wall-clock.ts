// Turns a set of wall-clock readings into the instants it means in a zone, through every change of the clocks.

import { dayMs, earliestMs, latestMs } from "./civil.ts";
import type { InstantSource, LocalPattern } from "./local-pattern.ts";
import type { DstPolicy } from "./trigger.ts";
import type { Zone, ZoneSegment } from "./zone.ts";

export interface WallClockOptions {
  readonly zone: Zone;
  readonly dst: Required<DstPolicy>;
  /** Match the clock as it reads: both passes of a repeated hour, nothing for a missing one (SEM 37). */
  readonly isLiteral: boolean;
}

/** An instant lies at most this far from `reading − offset` of any reading it stands for: a day's gap, a day's offset. */
const reachMs = 2 * dayMs;

/**
 * Instants are looked for segment by segment of constant offset. Within one, an instant is a reading minus the offset,
 * but for two things that both touch its edges: a repeated stretch may be left out (first pass at the end, second pass
 * at the beginning), and a gap before it adds what its missing readings become. So instants come strictly increasing,
 * and readings that fall on the same instant are one.
 */
export class WallClock implements InstantSource {
  readonly #pattern: LocalPattern;
  readonly #zone: Zone;
  readonly #gap: "next-valid" | "shift" | "skip";
  readonly #skipsFirst: boolean;
  readonly #skipsSecond: boolean;
  // The last answer of next(): many tasks share a rule and ask for the same instant.
  #askedMs = Infinity;
  #answerMs = -Infinity;

  constructor(pattern: LocalPattern, options: WallClockOptions) {
    this.#pattern = pattern;
    this.#zone = options.zone;
    this.#gap = options.isLiteral ? "skip" : options.dst.gap;
    this.#skipsFirst = !options.isLiteral && options.dst.overlap === "second";
    this.#skipsSecond = !options.isLiteral && options.dst.overlap === "first";
  }

  next(afterMs: number): number {
    if (afterMs >= this.#askedMs && afterMs < this.#answerMs) return this.#answerMs;
    const answer = this.#findNext(Math.max(Math.floor(afterMs) + 1, earliestMs));
    this.#askedMs = afterMs;
    this.#answerMs = answer;
    return answer;
  }

  previous(beforeMs: number): number {
    let toMs = Math.min(Math.ceil(beforeMs) - 1, latestMs);
    while (toMs >= earliestMs) {
      const segment = this.#zone.segmentAt(toMs);
      const { offsetMs } = segment;
      const lastMs = segment.toMs - 1 - (this.#skipsFirst ? repeatedAtEnd(segment) : 0);
      const firstMs = segment.fromMs + (this.#skipsSecond ? repeatedAtStart(segment) : 0);
      const reading = this.#pattern.previous(Math.min(toMs, lastMs) + offsetMs);
      const regular = reading - offsetMs >= firstMs ? reading - offsetMs : -Infinity;
      const found = Math.max(regular, this.#lastOfGap(segment, toMs));
      if (found > -Infinity) return found >= earliestMs ? found : -Infinity;
      // No reading lies between `reading` and here, so nothing happens after reading + reach; but in a second pass the
      // first pass, still to come, shows later readings than those looked at.
      const isSecondPass = segment.fromMs + segment.beforeOffsetMs > Math.min(toMs, lastMs) + offsetMs;
      toMs = isSecondPass ? segment.fromMs - 1 : Math.min(segment.fromMs - 1, reading - offsetMs + reachMs);
    }
    return -Infinity;
  }

  #findNext(from: number): number {
    let fromMs = from;
    while (fromMs <= latestMs) {
      const segment = this.#zone.segmentAt(fromMs);
      const { offsetMs } = segment;
      const firstMs = segment.fromMs + (this.#skipsSecond ? repeatedAtStart(segment) : 0);
      const endMs = segment.toMs - (this.#skipsFirst ? repeatedAtEnd(segment) : 0);
      const reading = this.#pattern.next(Math.max(fromMs, firstMs) + offsetMs);
      const regular = reading - offsetMs < endMs ? reading - offsetMs : Infinity;
      const found = Math.min(regular, this.#firstOfGap(segment, fromMs));
      if (found < Infinity) return found <= latestMs ? found : Infinity;
      // Nothing happens before reading − reach; but after a first pass the second shows earlier readings again.
      const isFirstPass = segment.toMs + segment.afterOffsetMs < Math.max(fromMs, firstMs) + offsetMs;
      fromMs = isFirstPass ? segment.toMs : Math.max(segment.toMs, reading - offsetMs - reachMs);
    }
    return Infinity;
  }

  /** The first instant ≥ fromMs that a reading missing before this segment turns into. */
  #firstOfGap({ fromMs: startMs, offsetMs, beforeOffsetMs }: ZoneSegment, fromMs: number): number {
    const gapMs = offsetMs - beforeOffsetMs;
    if (gapMs <= 0 || this.#gap === "skip") return Infinity;
    const lastMs = this.#gap === "shift" ? startMs + gapMs : startMs + 1;
    if (fromMs >= lastMs) return Infinity;
    const reading = this.#pattern.next((this.#gap === "shift" ? fromMs : startMs) + beforeOffsetMs);
    if (reading >= startMs + offsetMs) return Infinity;
    return this.#gap === "shift" ? reading - beforeOffsetMs : startMs;
  }

  /** The last instant ≤ toMs that a reading missing before this segment turns into. */
  #lastOfGap({ fromMs: startMs, offsetMs, beforeOffsetMs }: ZoneSegment, toMs: number): number {
    const gapMs = offsetMs - beforeOffsetMs;
    if (gapMs <= 0 || this.#gap === "skip") return -Infinity;
    const readingMs = this.#gap === "shift" ? toMs + beforeOffsetMs : Infinity;
    const reading = this.#pattern.previous(Math.min(readingMs, startMs + offsetMs - 1));
    if (reading < startMs + beforeOffsetMs) return -Infinity;
    return this.#gap === "shift" ? reading - beforeOffsetMs : startMs;
  }
}

/** Milliseconds at the beginning of a segment whose readings the segment before has shown already. */
function repeatedAtStart(segment: ZoneSegment): number {
  return Math.max(0, segment.beforeOffsetMs - segment.offsetMs);
}

/** Milliseconds at the end of a segment whose readings the segment after shows again. */
function repeatedAtEnd(segment: ZoneSegment): number {
  return Math.max(0, segment.offsetMs - segment.afterOffsetMs);
}
