// Reads durations of options that were checked before.

import { parseDurationMs } from "../domain/duration.ts";

/** @param value - text such as `"30s"`, or milliseconds */
export function milliseconds(value: string | number): number {
  const parsed = parseDurationMs(value);
  if (!parsed.ok) throw new TypeError(parsed.message);
  return parsed.ms;
}
