// What a person should know about a schedule before relying on it: clock changes in the next year, and odd rhythms.

import { parseDuration, parseDurationMs } from "../duration.ts";
import type { Calculators } from "./calculators.ts";
import { dayMs } from "./civil.ts";
import { compileTrigger, endOf, instantOf, type CompileContext, type CompiledTrigger } from "./compile.ts";
import { CronCalculator } from "./cron-calculator.ts";
import { DailyTimes, daysMask } from "./daily.ts";
import { formatInstant, formatLocal, readTime, readTimeOfDay } from "./instant-text.ts";
import { CalendarGrid } from "./interval.ts";
import type { LocalPattern } from "./local-pattern.ts";
import { localOfInstant } from "./local-time.ts";
import { SingleReading } from "./single-reading.ts";
import {
  defaultDst,
  type DstPolicy,
  type MemberTrigger,
  type ScheduleOptions,
  type Trigger,
} from "./trigger.ts";
import type { Words } from "./words.ts";
import { searchWork, Work } from "./work.ts";
import type { Transition, Zone } from "./zone.ts";

export const warningCodes = [
  "DST_GAP",
  "DST_OVERLAP",
  "MORE_THAN_ONCE_A_MINUTE",
  "FIRES_RARELY",
  "JITTER_EXCEEDS_INTERVAL",
] as const;

export interface TriggerWarning {
  readonly code: (typeof warningCodes)[number];
  readonly message: Words;
  /** The instant it happens, ISO 8601 with the zone's offset. */
  readonly at?: string;
}

export interface WarningContext extends CompileContext {
  readonly fromMs: number;
}

const yearMs = 366 * dayMs;
/** A first instant or two neighbours further apart than this are worth a word. */
const rareMs = 2 * yearMs;

/**
 * The warnings of a checked trigger for the year after `fromMs`. The zone's few clock changes are asked for, nothing is
 * enumerated: the cost does not depend on how often the trigger fires.
 */
export function triggerWarnings(trigger: Trigger, context: WarningContext): readonly TriggerWarning[] {
  if (trigger.kind === "manual" || trigger.kind === "immediate") return [];
  const compiled = compileTrigger(trigger, context);
  const isWithin = boundsOf(trigger, compiled);
  const work = new Work(searchWork);
  const warnings: TriggerWarning[] = [];
  const { timezone, dst } = trigger;
  for (const member of trigger.kind === "any" ? trigger.triggers : [trigger]) {
    const own = {
      ...(timezone === undefined ? {} : { timezone }),
      ...(dst === undefined ? {} : { dst }),
      ...member,
    };
    warnings.push(...clockWarnings(own, { compiled, isWithin, context, work }));
  }
  return [...distinct(warnings), ...rhythmWarnings(trigger, compiled, { fromMs: context.fromMs, work })];
}

interface LocalRule {
  readonly pattern: LocalPattern;
  readonly isLiteral: boolean;
}

/** The wall-clock readings of a trigger; undefined for what follows no wall clock, or fires in every hour. */
function localRule(trigger: MemberTrigger, zone: Zone, context: WarningContext): LocalRule | undefined {
  switch (trigger.kind) {
    case "at": {
      const time = readTime(trigger.at);
      return time?.kind === "local"
        ? { pattern: new SingleReading(time.localMs), isLiteral: false }
        : undefined;
    }
    case "cron":
      return cronRule(trigger.expression, trigger.dayMatch ?? "or", context.calculators);
    case "daily":
      return {
        pattern: new DailyTimes(
          trigger.times.map((time) => readTimeOfDay(time) ?? 0),
          daysMask(trigger.days),
        ),
        isLiteral: false,
      };
    case "interval": {
      const every = parseDuration(trigger.every);
      if (!every.ok || every.duration.kind === "elapsed" || trigger.mode === "fixed-delay") return undefined;
      const anchor = trigger.anchor === undefined ? undefined : readTime(trigger.anchor);
      const anchorMs = anchor?.kind === "instant" ? anchor.ms : context.anchorMs;
      const local = anchor?.kind === "local" ? anchor.localMs : localOfInstant(zone, anchorMs);
      const at = trigger.at === undefined ? undefined : readTimeOfDay(trigger.at);
      const anchorLocalMs = at === undefined ? local : Math.floor(local / dayMs) * dayMs + at;
      return { pattern: new CalendarGrid(every.duration, anchorLocalMs), isLiteral: false };
    }
  }
}

function cronRule(
  expression: string,
  dayMatch: "or" | "and",
  calculators: Calculators,
): LocalRule | undefined {
  const calculator = calculators.calculator({ expression, dayMatch });
  if (!(calculator instanceof CronCalculator)) return undefined;
  const { hours, isLiteral } = calculator.fields;
  return hours === 0xff_ffff ? undefined : { pattern: calculator, isLiteral };
}

function boundsOf({ startAt, endAt }: ScheduleOptions, compiled: CompiledTrigger): (ms: number) => boolean {
  const startMs = startAt === undefined ? -Infinity : instantOf(startAt, compiled);
  const endMs = endAt === undefined ? Infinity : endOf(endAt, compiled);
  return (ms) => ms >= startMs && ms <= endMs;
}

interface WholeTrigger {
  readonly compiled: CompiledTrigger;
  readonly isWithin: (ms: number) => boolean;
  readonly context: WarningContext;
  /** Of all searches together: what would take more is not warned of. */
  readonly work: Work;
}

/** Warnings only of what happens: bounds and exclusions may have taken that day away. */
function clockWarnings(
  trigger: MemberTrigger,
  { compiled, isWithin, context, work }: WholeTrigger,
): TriggerWarning[] {
  const zone = context.calculators.zone(trigger.timezone ?? context.defaultTimezone);
  const rule = zone === undefined ? undefined : localRule(trigger, zone, context);
  if (zone === undefined || rule === undefined) return [];
  const found: TriggerWarning[] = [];
  for (const change of zone.transitions(context.fromMs, context.fromMs + yearMs)) {
    const sizeMs = change.afterOffsetMs - change.beforeOffsetMs;
    const firstMs = change.atMs + Math.min(change.beforeOffsetMs, change.afterOffsetMs);
    const reading = rule.pattern.next(firstMs);
    if (reading >= firstMs + Math.abs(sizeMs)) continue;
    const policy = { ...defaultDst, ...trigger.dst };
    const choice = { change, reading, zone, rule, policy };
    const meets = sizeMs > 0 ? gapWarning(choice) : overlapWarning(choice);
    if (meets.isLost ? isWithin(meets.atMs) : compiled.next(meets.atMs - 1, work) === meets.atMs)
      found.push(meets.warning);
  }
  return found;
}

interface ClockCase {
  readonly change: Transition;
  readonly reading: number;
  readonly zone: Zone;
  readonly rule: LocalRule;
  readonly policy: Required<DstPolicy>;
}

interface ClockMeeting {
  readonly warning: TriggerWarning;
  readonly atMs: number;
  /** Nothing happens at `atMs`: that is the warning. */
  readonly isLost: boolean;
}

function gapWarning({ change, reading, zone, rule, policy }: ClockCase): ClockMeeting {
  const local = formatLocal(reading);
  const isLost = rule.isLiteral || policy.gap === "skip";
  const becomesMs = policy.gap === "shift" ? reading - change.beforeOffsetMs : change.atMs;
  const atMs = isLost ? change.atMs : becomesMs;
  const then = formatLocal(localOfInstant(zone, becomesMs)).slice(11);
  const message = isLost
    ? {
        en: `${local} does not exist in ${zone.name} (the clocks go forward); nothing runs for it`,
        zh: `${local} 在 ${zone.name} 不存在（时钟拨快），该次不会运行`,
      }
    : {
        en: `${local} does not exist in ${zone.name} (the clocks go forward); it will run at ${then}`,
        zh: `${local} 在 ${zone.name} 不存在（时钟拨快），将改在 ${then} 运行`,
      };
  return { warning: { code: "DST_GAP", message, at: formatInstant(atMs, zone) }, atMs, isLost };
}

function overlapWarning({ change, reading, zone, rule, policy }: ClockCase): ClockMeeting {
  const local = formatLocal(reading);
  const choice = rule.isLiteral ? "both" : policy.overlap;
  const atMs = choice === "second" ? reading - change.afterOffsetMs : reading - change.beforeOffsetMs;
  const en = {
    first: "it will run once, the first time",
    second: "it will run once, the second time",
    both: "it will run both times",
  }[choice];
  const zh = { first: "只在第一次运行", second: "只在第二次运行", both: "两次都会运行" }[choice];
  const message = {
    en: `${local} happens twice in ${zone.name} (the clocks go back); ${en}`,
    zh: `${local} 在 ${zone.name} 出现两次（时钟拨慢），${zh}`,
  };
  return { warning: { code: "DST_OVERLAP", message, at: formatInstant(atMs, zone) }, atMs, isLost: false };
}

function distinct(warnings: readonly TriggerWarning[]): TriggerWarning[] {
  return [...new Map(warnings.map((warning) => [`${warning.code} ${warning.message.en}`, warning])).values()];
}

function rhythmWarnings(
  trigger: Trigger,
  compiled: CompiledTrigger,
  { fromMs, work }: { readonly fromMs: number; readonly work: Work },
): TriggerWarning[] {
  const firstMs = compiled.next(fromMs, work);
  if (firstMs === undefined) return [];
  const secondMs = compiled.next(firstMs, work);
  const gapMs = Math.max(firstMs - fromMs, secondMs === undefined ? 0 : secondMs - firstMs);
  const found: TriggerWarning[] = [];
  if (hasSeconds(trigger) && secondMs !== undefined && secondMs - firstMs < 60_000) {
    found.push({
      code: "MORE_THAN_ONCE_A_MINUTE",
      message: {
        en: "the first of six fields is seconds: this runs more than once a minute",
        zh: "六段表达式的第一段是秒：每分钟会运行多次",
      },
    });
  }
  if (trigger.kind !== "at" && gapMs > rareMs) {
    const at = formatInstant(firstMs, compiled.zone);
    found.push({
      code: "FIRES_RARELY",
      message: { en: `this runs rarely; the next time is ${at}`, zh: `很少运行，下一次是 ${at}` },
      at,
    });
  }
  const intervalMs = trigger.kind === "interval" ? parseDurationMs(trigger.every) : undefined;
  if (intervalMs?.ok === true && compiled.jitterMs >= intervalMs.ms) {
    found.push({
      code: "JITTER_EXCEEDS_INTERVAL",
      message: {
        en: "the jitter is as long as the interval: runs may be due after the next instant",
        zh: "抖动不短于间隔：运行时间可能晚于下一个时刻",
      },
    });
  }
  return found;
}

function hasSeconds(trigger: Trigger): boolean {
  if (trigger.kind === "any") return trigger.triggers.some(hasSeconds);
  return trigger.kind === "cron" && trigger.expression.trim().split(/\s+/).length > 5;
}
