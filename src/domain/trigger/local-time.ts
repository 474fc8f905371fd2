// From a wall-clock reading to the instants it means in a zone.

import { dayMs, latestMs } from "./civil.ts";
import type { DstPolicy } from "./trigger.ts";
import type { Zone } from "./zone.ts";

/** No zone's clocks ever moved by more than a day (Apia left out 30 December 2011), and offsets stay within 15 hours. */
const reachMs = 2 * dayMs;

/**
 * The instants at which a zone's clocks show `localMs`, in order; usually one.
 *
 * A reading that does not exist gives what `dst.gap` says, one that happens twice what `dst.overlap` says.
 */
export function instantsOfLocal(zone: Zone, localMs: number, dst: Required<DstPolicy>): readonly number[] {
  const found: number[] = [];
  let missing: number | undefined;
  let segment = zone.segmentAt(localMs - reachMs);
  for (;;) {
    const ms = localMs - segment.offsetMs;
    if (ms >= segment.fromMs && ms < segment.toMs) found.push(ms);
    if (localMs >= segment.fromMs + segment.beforeOffsetMs && localMs < segment.fromMs + segment.offsetMs) {
      missing = dst.gap === "next-valid" ? segment.fromMs : localMs - segment.beforeOffsetMs;
    }
    if (segment.toMs > Math.min(localMs + reachMs, latestMs)) break;
    segment = zone.segmentAt(segment.toMs);
  }
  if (found.length === 0) return missing === undefined || dst.gap === "skip" ? [] : [missing];
  if (found.length === 1 || dst.overlap === "both") return found;
  return dst.overlap === "first" ? found.slice(0, 1) : found.slice(-1);
}

/** What the zone's clocks show at an instant, as local milliseconds. */
export function localOfInstant(zone: Zone, ms: number): number {
  return ms + zone.offsetAt(ms);
}
