// Turns a trigger into the two questions the scheduler asks: which instant is next, and which was the last.

import { parseDuration, parseDurationMs } from "../duration.ts";
import { RotaError } from "../errors.ts";
import { Bounded } from "./bounded.ts";
import type { Calculators } from "./calculators.ts";
import { CronCalculator } from "./cron-calculator.ts";
import { dayMs, dayOfLocal, earliestMs, latestMs } from "./civil.ts";
import { DailyTimes, daysMask } from "./daily.ts";
import { Excluding } from "./excluding.ts";
import { FreeReadings, type DayRange } from "./free-readings.ts";
import { readTime, readTimeOfDay } from "./instant-text.ts";
import { CalendarGrid, ElapsedGrid, WithoutInstant } from "./interval.ts";
import type { InstantSource } from "./local-pattern.ts";
import { instantsOfLocal, localOfInstant } from "./local-time.ts";
import { SingleInstant, SingleReading } from "./single-reading.ts";
import {
  defaultDst,
  type DstPolicy,
  type IntervalTrigger,
  type MemberTrigger,
  type ScheduledTrigger,
  type ScheduleOptions,
  type Trigger,
  type ZoneOptions,
} from "./trigger.ts";
import { Union } from "./union.ts";
import { WallClock } from "./wall-clock.ts";
import { searchWork, Work } from "./work.ts";
import type { Zone } from "./zone.ts";

export interface CompileContext {
  /** Where an interval's grid lies when its trigger names no anchor: creation, or the last edit of the trigger. */
  readonly anchorMs: number;
  /** The zone of triggers that name none. */
  readonly defaultTimezone: string;
  readonly calculators: Calculators;
}

/**
 * A trigger ready for arithmetic. Instants are milliseconds since the epoch; no jitter is in them.
 *
 * A search among exclusions looks at so many candidates as `work` allows. One that is given up answers undefined too, and
 * the work it was given says from where to go on: whoever acts on the end of a trigger must ask it.
 */
export interface CompiledTrigger {
  /** The first instant strictly after `afterMs`, or undefined when none is left. @param work - default `searchWork` */
  next(afterMs: number, work?: Work): number | undefined;
  /** The last instant strictly before `beforeMs`, or undefined when there is none above `floorMs`. */
  previous(beforeMs: number, work?: Work, floorMs?: number): number | undefined;
  /** False for `manual` and `immediate`, which nothing but a call starts. True for fixed-delay, although next() gives none. */
  readonly hasInstants: boolean;
  /** Set for `fixed-delay`: milliseconds from the end of one run to the next (SEM 17). */
  readonly fixedDelayMs?: number;
  /**
   * Set for `fixed-delay`: the nominal instant that follows a run which ended then, or an occurrence decided then that
   * started none; the first one follows the anchor. Undefined when `endAt` comes before it. When `work` is used up, the
   * moment to ask again: who holds a due moment asks whether it is allowed before acting on it.
   */
  readonly afterRun?: (endedAtMs: number, work?: Work) => number | undefined;
  /** Width of the spread of due times; 0 without jitter. */
  readonly jitterMs: number;
  /** The zone of its wall clock, for windows and for showing its instants. */
  readonly zone: Zone;
}

interface Place {
  readonly zone: Zone;
  readonly dst: Required<DstPolicy>;
  readonly anchorMs: number;
  readonly calculators: Calculators;
}

/**
 * Compiles a trigger that {@link checkTrigger} has accepted.
 *
 * Cheap enough to be done for each decision: calculators and zones are shared, nothing is enumerated.
 *
 * @throws INVALID_TRIGGER when the trigger is one that the check would have refused
 */
export function compileTrigger(trigger: Trigger, context: CompileContext): CompiledTrigger {
  const place = placeOf(trigger, context);
  const { zone } = place;
  if (trigger.kind === "manual" || trigger.kind === "immediate")
    return { ...none, hasInstants: false, jitterMs: 0, zone };
  const jitterMs = trigger.jitter === undefined ? 0 : milliseconds(trigger.jitter);
  if (trigger.kind === "interval" && trigger.mode === "fixed-delay") {
    const fixedDelayMs = milliseconds(trigger.every);
    const allowed = restricted(everyMillisecond, trigger, place);
    const afterRun = (endedAtMs: number, work = new Work(searchWork)): number | undefined => {
      work.begin(1);
      return finite(allowed.next(endedAtMs + fixedDelayMs - 1, work)) ?? work.gaveUpAtMs;
    };
    return { ...none, hasInstants: true, fixedDelayMs, afterRun, jitterMs, zone };
  }
  const source = restricted(sourceOf(trigger, context, place), trigger, place);
  const candidateWork = candidateWorkOf(trigger);
  return {
    next: (afterMs, work) => {
      work?.begin(candidateWork);
      return finite(source.next(afterMs, work));
    },
    previous: (beforeMs, work, floorMs) => {
      work?.begin(candidateWork);
      return finite(source.previous(beforeMs, work, floorMs));
    },
    hasInstants: true,
    jitterMs,
    zone,
  };
}

/** What bounds and exclusions are applied to where a trigger has no instants of its own. */
const everyMillisecond: InstantSource = {
  next: (afterMs) => (afterMs < latestMs ? Math.max(afterMs + 1, earliestMs) : Infinity),
  previous: (beforeMs) => (beforeMs > earliestMs ? Math.min(beforeMs - 1, latestMs) : -Infinity),
};

const none = { next: () => undefined, previous: () => undefined } as const;

function finite(ms: number): number | undefined {
  return ms === Infinity || ms === -Infinity ? undefined : ms;
}

function placeOf(trigger: ZoneOptions, context: CompileContext): Place {
  const name = trigger.timezone ?? context.defaultTimezone;
  const zone = context.calculators.zone(name) ?? invalid(`unknown time zone ${name}`);
  const { anchorMs, calculators } = context;
  return { zone, dst: { ...defaultDst, ...trigger.dst }, anchorMs, calculators };
}

function sourceOf(trigger: ScheduledTrigger, context: CompileContext, place: Place): InstantSource {
  if (trigger.kind !== "any") return memberSource(trigger, place);
  const { timezone, dst } = trigger;
  return new Union(
    trigger.triggers.map((member) => {
      const own = {
        ...(timezone === undefined ? {} : { timezone }),
        ...(dst === undefined ? {} : { dst }),
        ...member,
      };
      return memberSource(own, placeOf(own, context));
    }),
  );
}

function memberSource(trigger: MemberTrigger, place: Place): InstantSource {
  switch (trigger.kind) {
    case "at": {
      const time = readTime(trigger.at) ?? invalid(`cannot read the time ${trigger.at}`);
      return time.kind === "instant"
        ? new SingleInstant(time.ms)
        : fixed(new SingleReading(time.localMs), place);
    }
    case "interval":
      return intervalSource(trigger, place);
    case "cron": {
      const { expression, dayMatch = "or" } = trigger;
      const cron = place.calculators.cron({ expression, dayMatch }, place.zone, place.dst);
      return cron.ok ? cron.clock : invalid(cron.message);
    }
    case "daily": {
      const times = trigger.times.map(
        (text) => readTimeOfDay(text) ?? invalid(`cannot read the time of day ${text}`),
      );
      return fixed(new DailyTimes(times, daysMask(trigger.days)), place);
    }
  }
}

function intervalSource(trigger: IntervalTrigger, place: Place): InstantSource {
  const anchorMs = trigger.anchor === undefined ? place.anchorMs : instantOf(trigger.anchor, place);
  const grid = gridOf(trigger, anchorMs, place);
  // "Every 5 minutes" first happens 5 minutes after it was said; an anchor that somebody named is an instant.
  return trigger.anchor === undefined ? new WithoutInstant(grid, anchorMs) : grid;
}

function gridOf(trigger: IntervalTrigger, anchorMs: number, place: Place): InstantSource {
  const every = parseDuration(trigger.every);
  if (!every.ok) return invalid(every.message);
  const { duration } = every;
  if (duration.kind === "elapsed") return new ElapsedGrid(duration.ms, anchorMs);
  let anchorLocalMs = localOfInstant(place.zone, anchorMs);
  if (trigger.at !== undefined) {
    const time = readTimeOfDay(trigger.at) ?? invalid(`cannot read the time of day ${trigger.at}`);
    anchorLocalMs = dayOfLocal(anchorLocalMs) * dayMs + time;
  }
  return fixed(new CalendarGrid(duration, anchorLocalMs), place);
}

function fixed(pattern: ConstructorParameters<typeof WallClock>[0], { zone, dst }: Place): WallClock {
  return new WallClock(pattern, { zone, dst, isLiteral: false });
}

function restricted(source: InstantSource, options: ScheduledTrigger, place: Place): InstantSource {
  const { exclude } = options;
  const within = bounded(source, options, place);
  if (exclude === undefined || exclude.length === 0) return within;
  const free = place.calculators.free(exclude, () => freeOf(exclude, place));
  return new Excluding(within, { zone: place.zone, free, candidateWork: candidateWorkOf(options) });
}

function bounded(source: InstantSource, { startAt, endAt }: ScheduleOptions, place: Place): InstantSource {
  if (startAt === undefined && endAt === undefined) return source;
  const startMs = startAt === undefined ? -Infinity : instantOf(startAt, place);
  return new Bounded(source, startMs, endAt === undefined ? Infinity : endOf(endAt, place));
}

/** Each member of `any` is asked for each candidate. */
function candidateWorkOf(trigger: Trigger): number {
  return trigger.kind === "any" ? trigger.triggers.length : 1;
}

/** The instant a bound or anchor means; a local time that does not exist is the first after the gap. */
export function instantOf(text: string, { zone }: { readonly zone: Zone }): number {
  const time = readTime(text) ?? invalid(`cannot read the time ${text}`);
  if (time.kind === "instant") return time.ms;
  return instantsOfLocal(zone, time.localMs, defaultDst)[0] ?? invalid(`cannot read the time ${text}`);
}

/** The last instant an `endAt` includes. */
export function endOf(text: string, place: { readonly zone: Zone }): number {
  const time = readTime(text);
  if (time?.kind !== "local" || !time.isDate) return instantOf(text, place);
  return (instantsOfLocal(place.zone, time.localMs + dayMs, defaultDst)[0] ?? Infinity) - 1;
}

function freeOf(entries: readonly string[], { calculators }: Place): FreeReadings {
  const ranges: DayRange[] = [];
  const crons: CronCalculator[] = [];
  for (const entry of entries) {
    const range = readDayRange(entry);
    if (range !== undefined) {
      ranges.push(range);
      continue;
    }
    const cron = calculators.calculator({ expression: entry, dayMatch: "or" });
    crons.push(cron instanceof CronCalculator ? cron : invalid(cron.message));
  }
  return new FreeReadings(ranges, crons);
}

/** `2027-01-01` or `2027-05-01/2027-05-07`, both included; undefined when the text is neither. */
export function readDayRange(entry: string): DayRange | undefined {
  const [from = "", to = from, ...more] = entry.split("/", 3);
  const first = readTime(from);
  const last = readTime(to);
  if (more.length > 0 || first?.kind !== "local" || last?.kind !== "local") return undefined;
  if (!first.isDate || !last.isDate || last.localMs < first.localMs) return undefined;
  return { firstDay: dayOfLocal(first.localMs), lastDay: dayOfLocal(last.localMs) };
}

function milliseconds(text: string | number): number {
  const read = parseDurationMs(text);
  return read.ok ? read.ms : invalid(read.message);
}

function invalid(message: string): never {
  throw new RotaError("INVALID_TRIGGER", message);
}
