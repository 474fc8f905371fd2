// Instants as answers show them: UTC, or the zone of the task whose schedule they belong to.

import { formatInstant, formatUtc } from "../domain/trigger/instant-text.ts";
import type { Trigger } from "../domain/trigger/trigger.ts";
import type { Services } from "./services.ts";
import { when } from "./present.ts";

export function utc(ms: number): string {
  return formatUtc(ms);
}

export function utcOrNothing(ms: number | undefined): string | undefined {
  return when(ms, utc);
}

/** Writes instants of a trigger with the offset its zone has then. */
export function inZoneOf(trigger: Trigger, { calculators, defaults }: Services): (ms: number) => string {
  const zone = calculators.zone(trigger.timezone ?? defaults.timezone);
  return zone === undefined ? utc : (ms) => formatInstant(ms, zone);
}
