// The checks of each kind of trigger, as far as they can be made on its own fields.

import { parseDuration, parseDurationMs } from "../duration.ts";
import { closest } from "../closest.ts";
import type { Calculators } from "./calculators.ts";
import { CronCalculator } from "./cron-calculator.ts";
import { describeValue, join, type Findings, type Reading } from "./findings.ts";
import { formatTimeOfDay, readTime, readTimeOfDay } from "./instant-text.ts";
import {
  dayNames,
  gapPolicies,
  overlapChoices,
  triggerBounds,
  type AtTrigger,
  type CronTrigger,
  type DailyTrigger,
  type DayName,
  type DstPolicy,
  type IntervalTrigger,
  type MemberTrigger,
  type ZoneOptions,
} from "./trigger.ts";
import { unknownZone } from "./zone-suggestion.ts";

export interface CheckPlace {
  readonly findings: Findings;
  readonly calculators: Calculators;
  readonly minimumIntervalMs: number;
}

export const memberFields: Readonly<Record<MemberTrigger["kind"], readonly string[]>> = {
  at: ["kind", "at", "timezone", "dst"],
  interval: ["kind", "every", "at", "anchor", "mode", "timezone", "dst"],
  cron: ["kind", "expression", "dayMatch", "timezone", "dst"],
  daily: ["kind", "times", "days", "timezone", "dst"],
};

/** Reads a trigger that has instants of its own; undefined, with issues, when it is not one. */
export function readMember(
  kind: MemberTrigger["kind"],
  reading: Reading,
  place: CheckPlace,
): MemberTrigger | undefined {
  const zone = readZoneOptions(reading, place);
  switch (kind) {
    case "at":
      return readAt(reading, zone, place);
    case "interval":
      return readInterval(reading, zone, place);
    case "cron":
      return readCron(reading, zone, place);
    case "daily":
      return readDaily(reading, zone, place);
  }
}

export function readZoneOptions(reading: Reading, { findings, calculators }: CheckPlace): ZoneOptions {
  const timezone = findings.text(reading, "timezone");
  if (timezone !== undefined && calculators.zone(timezone) === undefined) {
    findings.add(join(reading.path, "timezone"), "UNKNOWN_TIMEZONE", unknownZone(timezone));
  }
  const dst = readDst(reading, findings);
  return { ...(timezone === undefined ? {} : { timezone }), ...(dst === undefined ? {} : { dst }) };
}

function readDst(reading: Reading, findings: Findings): DstPolicy | undefined {
  const value = reading.fields.get("dst");
  const inner = value === undefined ? undefined : findings.object(value, join(reading.path, "dst"));
  if (inner === undefined) return undefined;
  findings.unknownFields(inner, ["gap", "overlap"]);
  const gap = findings.word(inner, "gap", gapPolicies);
  const overlap = findings.word(inner, "overlap", overlapChoices);
  return { ...(gap === undefined ? {} : { gap }), ...(overlap === undefined ? {} : { overlap }) };
}

function readAt(reading: Reading, zone: ZoneOptions, { findings }: CheckPlace): AtTrigger | undefined {
  const at = findings.text(reading, "at", true);
  if (at === undefined) return undefined;
  if (readTime(at) === undefined)
    return findings.add(join(reading.path, "at"), "INVALID_TIME", timeProblem(at));
  return { kind: "at", at, ...zone };
}

/** What is accepted where a text cannot be read as a time. */
export function timeProblem(text: string): string {
  return `cannot read the time ${describeValue(text)}; write an instant "2027-03-28T09:00:00+08:00" or a local time "2027-03-28T09:00"`;
}

function readInterval(reading: Reading, zone: ZoneOptions, place: CheckPlace): IntervalTrigger | undefined {
  const { findings } = place;
  const mode = findings.word(reading, "mode", ["fixed-rate", "fixed-delay"]);
  const anchor = findings.text(reading, "anchor");
  if (anchor !== undefined && readTime(anchor) === undefined)
    findings.add(join(reading.path, "anchor"), "INVALID_TIME", timeProblem(anchor));
  const at = findings.text(reading, "at");
  if (at !== undefined && readTimeOfDay(at) === undefined)
    findings.add(join(reading.path, "at"), "INVALID_TIME", timeOfDayProblem(at));
  const every = readEvery(reading, mode === "fixed-delay", place);
  if (every === undefined) return undefined;
  if (at !== undefined && !every.isCalendar) {
    findings.add(
      join(reading.path, "at"),
      "NOT_ALLOWED",
      'a time of day goes with days, weeks or months, for example every: "2d"',
    );
  }
  if (mode === "fixed-delay" && anchor !== undefined) {
    findings.add(
      join(reading.path, "anchor"),
      "NOT_ALLOWED",
      "a fixed delay is measured from the end of each run and has no anchor",
    );
  }
  return {
    kind: "interval",
    every: every.value,
    ...(at === undefined ? {} : { at }),
    ...(anchor === undefined ? {} : { anchor }),
    ...(mode === undefined ? {} : { mode }),
    ...zone,
  };
}

function readEvery(
  reading: Reading,
  isDelay: boolean,
  place: CheckPlace,
): { value: string | number; isCalendar: boolean } | undefined {
  const path = join(reading.path, "every");
  const value = reading.fields.get("every");
  if (value === undefined)
    return place.findings.add(path, "REQUIRED", 'every is missing; write for example "5m"');
  const read = parseDuration(value);
  if (!read.ok || (typeof value !== "string" && typeof value !== "number")) {
    return place.findings.add(path, "INVALID_DURATION", read.ok ? "expected a duration" : read.message);
  }
  const { duration } = read;
  const plain = duration.kind === "calendar" && isDelay ? parseDurationMs(value) : undefined;
  if (plain?.ok === false) return place.findings.add(path, "INVALID_DURATION", plain.message);
  const isZero = duration.kind === "calendar" ? duration.count === 0 : duration.ms === 0;
  const isShort = duration.kind === "elapsed" && duration.ms < place.minimumIntervalMs;
  if (isZero) return place.findings.add(path, "OUT_OF_RANGE", "an interval is longer than zero");
  if (isShort)
    return place.findings.add(
      path,
      "TOO_FREQUENT",
      `the shortest interval accepted is ${place.minimumIntervalMs} ms`,
    );
  return { value, isCalendar: duration.kind === "calendar" && !isDelay };
}

function readCron(
  reading: Reading,
  zone: ZoneOptions,
  { findings, calculators }: CheckPlace,
): CronTrigger | undefined {
  const dayMatch = findings.word(reading, "dayMatch", ["or", "and"]);
  const expression = findings.text(reading, "expression", true);
  if (expression === undefined) return undefined;
  const path = join(reading.path, "expression");
  const calculator = calculators.calculator({ expression, dayMatch: dayMatch ?? "or" });
  if (!(calculator instanceof CronCalculator)) return findings.add(path, "INVALID_CRON", calculator.message);
  if (!calculator.isPossible)
    return findings.add(
      path,
      "NEVER_FIRES",
      `${describeValue(expression)} never matches: there is no such day`,
    );
  return { kind: "cron", expression, ...(dayMatch === undefined ? {} : { dayMatch }), ...zone };
}

function readDaily(reading: Reading, zone: ZoneOptions, { findings }: CheckPlace): DailyTrigger | undefined {
  const path = join(reading.path, "times");
  if (!reading.fields.has("times"))
    return findings.add(path, "REQUIRED", 'times is missing; write for example ["08:00"]');
  const list = findings.list(reading, "times", triggerBounds.times);
  const days = readDays(reading, findings);
  const times: string[] = [];
  for (const [index, text] of (list ?? []).entries()) {
    const time = typeof text === "string" ? readTimeOfDay(text) : undefined;
    if (time === undefined) findings.add(join(path, index), "INVALID_TIME", timeOfDayProblem(text));
    else times.push(formatTimeOfDay(time));
  }
  return times.length === 0
    ? undefined
    : { kind: "daily", times, ...(days === undefined ? {} : { days }), ...zone };
}

/** Names of days (`mon`, `Monday`) or their numbers (0 and 7 are Sunday), as names. */
function readDays(reading: Reading, findings: Findings): readonly DayName[] | undefined {
  const list = findings.list(reading, "days", 14);
  if (list === undefined) return undefined;
  const days = new Set<DayName>();
  for (const [index, value] of list.entries()) {
    const day = dayOf(value);
    if (day !== undefined) days.add(day);
    else {
      const meant = typeof value === "string" ? closest(value, dayNames) : undefined;
      const hint = meant === undefined ? "" : `; did you mean "${meant}"?`;
      findings.add(
        join(join(reading.path, "days"), index),
        "INVALID_VALUE",
        `expected a day such as "mon", got ${describeValue(value)}${hint}`,
      );
    }
  }
  return dayNames.filter((name) => days.has(name));
}

function dayOf(value: unknown): DayName | undefined {
  if (typeof value === "number")
    return Number.isInteger(value) && value >= 0 && value <= 7 ? dayNames[value % 7] : undefined;
  if (typeof value !== "string" || value.length > 9) return undefined;
  const text = value.toLowerCase();
  if (/^[0-7]$/.test(text)) return dayNames[Number(text) % 7];
  const long = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"].indexOf(text);
  return long >= 0 ? dayNames[long] : dayNames.find((name) => name === text);
}

function timeOfDayProblem(value: unknown): string {
  return `expected a local time of day such as "08:00", got ${describeValue(value)}`;
}
