// Decides whether an input is a trigger, and names everything that is wrong with it.

import { closest } from "../closest.ts";
import { parseDurationMs } from "../duration.ts";
import type { Issue } from "../errors.ts";
import type { Calculators } from "./calculators.ts";
import { memberFields, readMember, readZoneOptions, timeProblem, type CheckPlace } from "./check-members.ts";
import { checkMoments } from "./check-moments.ts";
import { readDayRange } from "./compile.ts";
import { CronCalculator } from "./cron-calculator.ts";
import { describeValue, Findings, isList, join, type Reading } from "./findings.ts";
import { readTime } from "./instant-text.ts";
import {
  defaultMisfire,
  triggerBounds,
  triggerDefaults,
  triggerKinds,
  type AnyTrigger,
  type MemberTrigger,
  type ScheduleOptions,
  type Trigger,
} from "./trigger.ts";

export interface CheckContext {
  readonly calculators: Calculators;
  /** The zone of triggers that name none. @default "UTC" */
  readonly defaultTimezone?: string;
  /** Refuse what is over or will never come; absent, nothing is compared with the present. */
  readonly nowMs?: number;
  /** How far an `at` may lie in the past, in milliseconds. @default 60,000 */
  readonly graceMs?: number;
  /** @default 1,000 */
  readonly minimumIntervalMs?: number;
  /** Where the trigger stands in the whole input. @default "trigger" */
  readonly path?: string;
}

export type CheckedTrigger =
  | { readonly ok: true; readonly trigger: Trigger }
  | { readonly ok: false; readonly issues: readonly Issue[] };

const optionFields = ["startAt", "endAt", "jitter", "exclude"];
/** Longest spread of due times: a week. */
const longestJitterMs = 604_800_000;

/**
 * Reads an untrusted value as a trigger; every problem is named with its path, a stable code and a sentence.
 *
 * Never throws on JSON values, and does work in proportion to the input, whose parts are bounded. The trigger returned
 * is the input with its days, times and exclusions in one spelling.
 */
export function checkTrigger(input: unknown, context: CheckContext): CheckedTrigger {
  const findings = new Findings();
  const { calculators, minimumIntervalMs = triggerDefaults.minimumIntervalMs, path = "trigger" } = context;
  const trigger = readTrigger(input, path, { findings, calculators, minimumIntervalMs });
  if (trigger !== undefined && findings.issues.length === 0) {
    checkMoments(trigger, findings, {
      calculators,
      path,
      minimumIntervalMs,
      defaultTimezone: context.defaultTimezone ?? triggerDefaults.timezone,
      nowMs: context.nowMs,
      graceMs: context.graceMs ?? defaultMisfire.graceMs,
    });
  }
  if (trigger === undefined || findings.issues.length > 0) return { ok: false, issues: findings.issues };
  return { ok: true, trigger };
}

function readTrigger(input: unknown, path: string, place: CheckPlace): Trigger | undefined {
  const { findings } = place;
  const reading = findings.object(input, path);
  if (reading === undefined) return undefined;
  const kind = readKind(reading, triggerKinds, findings);
  if (kind === undefined) return undefined;
  if (kind === "manual" || kind === "immediate") {
    for (const name of optionFields) {
      if (!reading.fields.has(name)) continue;
      findings.add(
        join(path, name),
        "NOT_ALLOWED",
        `a trigger of kind ${kind} has no instants, so ${name} means nothing`,
      );
    }
    findings.unknownFields(reading, ["kind", "timezone", "dst", ...optionFields]);
    return { kind, ...readZoneOptions(reading, place) };
  }
  const own = kind === "any" ? ["kind", "triggers", "timezone", "dst"] : memberFields[kind];
  findings.unknownFields(reading, [...own, ...optionFields]);
  const options = readOptions(reading, place);
  const trigger = kind === "any" ? readAny(reading, place) : readMember(kind, reading, place);
  return trigger === undefined ? undefined : { ...trigger, ...options };
}

function readKind<T extends string>(
  reading: Reading,
  kinds: readonly T[],
  findings: Findings,
): T | undefined {
  const text = findings.text(reading, "kind", true);
  if (text === undefined) return undefined;
  const kind = kinds.find((known) => known === text);
  if (kind !== undefined) return kind;
  const meant = closest(text, kinds);
  const hint = meant === undefined ? `; the kinds are ${kinds.join(", ")}` : `; did you mean "${meant}"?`;
  return findings.add(
    join(reading.path, "kind"),
    "UNKNOWN_KIND",
    `unknown kind ${describeValue(text)}${hint}`,
  );
}

function readAny(reading: Reading, place: CheckPlace): AnyTrigger | undefined {
  const { findings } = place;
  const path = join(reading.path, "triggers");
  const zone = readZoneOptions(reading, place);
  if (!reading.fields.has("triggers")) return findings.add(path, "REQUIRED", "triggers is missing");
  const triggers: MemberTrigger[] = [];
  for (const [index, value] of (findings.list(reading, "triggers", triggerBounds.members) ?? []).entries()) {
    const member = readMemberOfAny(value, join(path, index), place);
    if (member !== undefined) triggers.push(member);
  }
  return { kind: "any", triggers, ...zone };
}

function readMemberOfAny(value: unknown, path: string, place: CheckPlace): MemberTrigger | undefined {
  const { findings } = place;
  const reading = findings.object(value, path);
  const kind = reading && readKind(reading, triggerKinds, findings);
  if (reading === undefined || kind === undefined) return undefined;
  if (kind === "manual" || kind === "immediate" || kind === "any") {
    return findings.add(
      join(path, "kind"),
      "NOT_ALLOWED",
      `${kind} cannot be a member of any; members are at, interval, cron and daily`,
    );
  }
  for (const name of optionFields) {
    if (reading.fields.has(name))
      findings.add(join(path, name), "NOT_ALLOWED", `${name} stands on the outermost trigger`);
  }
  findings.unknownFields(reading, [...memberFields[kind], ...optionFields]);
  const member = readMember(kind, reading, place);
  if (member?.kind === "interval" && member.mode === "fixed-delay") {
    return findings.add(
      join(path, "mode"),
      "NOT_ALLOWED",
      "a fixed delay follows its own runs and cannot be a member of any",
    );
  }
  return member;
}

function readOptions(reading: Reading, place: CheckPlace): ScheduleOptions {
  const { findings } = place;
  const options: { -readonly [K in keyof ScheduleOptions]: ScheduleOptions[K] } = {};
  for (const name of ["startAt", "endAt"] as const) {
    const text = findings.text(reading, name);
    if (text === undefined) continue;
    if (readTime(text) === undefined)
      findings.add(join(reading.path, name), "INVALID_TIME", timeProblem(text));
    else options[name] = text;
  }
  const jitter = reading.fields.get("jitter");
  if (jitter !== undefined) {
    const read = parseDurationMs(jitter);
    if (!read.ok) findings.add(join(reading.path, "jitter"), "INVALID_DURATION", read.message);
    else if (read.ms > longestJitterMs)
      findings.add(join(reading.path, "jitter"), "OUT_OF_RANGE", "jitter is at most 7 days");
    else if (typeof jitter === "string" || typeof jitter === "number") options.jitter = jitter;
  }
  const exclude = readExclude(reading, place);
  return exclude === undefined ? options : { ...options, exclude };
}

/** One entry, a list of them, or `{dates, cron}`: all become the list. */
function readExclude(reading: Reading, { findings, calculators }: CheckPlace): readonly string[] | undefined {
  const value = reading.fields.get("exclude");
  if (value === undefined) return undefined;
  const path = join(reading.path, "exclude");
  const entries = excludeEntries(value, path, findings);
  if (entries === undefined) return undefined;
  if (entries.length > triggerBounds.excludes) {
    return findings.add(
      path,
      "TOO_MANY",
      `exclude has ${entries.length} entries, at most ${triggerBounds.excludes} are accepted`,
    );
  }
  const crons = entries.filter((entry) => typeof entry === "string" && readDayRange(entry) === undefined);
  if (crons.length > triggerBounds.excludedCrons) {
    const { excludedCrons } = triggerBounds;
    return findings.add(
      path,
      "TOO_MANY",
      `exclude has ${crons.length} cron expressions, at most ${excludedCrons} are accepted`,
    );
  }
  const texts: string[] = [];
  for (const [index, entry] of entries.entries()) {
    const at = join(path, index);
    if (typeof entry !== "string")
      findings.add(at, "WRONG_TYPE", `expected a date or a cron expression, got ${describeValue(entry)}`);
    else if (readDayRange(entry) === undefined) {
      const cron = calculators.calculator({ expression: entry, dayMatch: "or" });
      const isCron = cron instanceof CronCalculator;
      const looksLikeCron = /\s/.test(entry.trim()) || entry.startsWith("@");
      if (!isCron && looksLikeCron) findings.add(at, "INVALID_CRON", cron.message);
      else if (!isCron)
        findings.add(
          at,
          "INVALID_TIME",
          `expected a date "2027-01-01", a range "2027-05-01/2027-05-07" or a cron expression, got ${describeValue(entry)}`,
        );
    }
    if (typeof entry === "string") texts.push(entry);
  }
  return texts;
}

function excludeEntries(value: unknown, path: string, findings: Findings): readonly unknown[] | undefined {
  if (typeof value === "string") return [value];
  if (isList(value)) return value;
  const inner = findings.object(value, path);
  if (inner === undefined) return undefined;
  findings.unknownFields(inner, ["dates", "cron"]);
  const cron = findings.text(inner, "cron");
  const dates = findings.list(inner, "dates", triggerBounds.excludes);
  return [...(dates ?? []), ...(cron === undefined ? [] : [cron])];
}
