// The two shapes all trigger arithmetic is made of: sets of wall-clock readings, and sets of instants.

import type { Work } from "./work.ts";

/** A set of wall-clock readings, as local milliseconds. */
export interface LocalPattern {
  /** The first member at or after `fromLocalMs`; Infinity when there is none. */
  next(fromLocalMs: number): number;
  /** The last member at or before `toLocalMs`; -Infinity when there is none. */
  previous(toLocalMs: number): number;
}

/** A set of instants, in milliseconds since the epoch. Only a set that some are excluded from takes note of `work`. */
export interface InstantSource {
  /** The first instant strictly after `afterMs`; Infinity when there is none, or `work` gave up. */
  next(afterMs: number, work?: Work): number;
  /** The last instant strictly before `beforeMs`; -Infinity when there is none above `floorMs`, or `work` gave up. */
  previous(beforeMs: number, work?: Work, floorMs?: number): number;
}
