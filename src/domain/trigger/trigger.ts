// The trigger: when a task fires, in the shapes of the REST contract; with misfire policy and windows.

export const triggerKinds = ["manual", "immediate", "at", "interval", "cron", "daily", "any"] as const;

export const dayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
export type DayName = (typeof dayNames)[number];

export const gapPolicies = ["next-valid", "shift", "skip"] as const;
export type GapPolicy = (typeof gapPolicies)[number];
export const overlapChoices = ["first", "second", "both"] as const;
export type OverlapChoice = (typeof overlapChoices)[number];

/** What a local time does on the days when the clocks change. */
export interface DstPolicy {
  /**
   * A local time that does not exist: the first valid instant after the gap, moved on by the size of the gap, or none.
   *
   * @default "next-valid"
   */
  readonly gap?: GapPolicy;
  /** A local time that happens twice. @default "first" */
  readonly overlap?: OverlapChoice;
}

export const defaultDst = { gap: "next-valid", overlap: "first" } as const satisfies Required<DstPolicy>;

/** Every default a trigger has; `timezone` holds unless the server is configured otherwise. */
export const triggerDefaults = {
  timezone: "UTC",
  mode: "fixed-rate",
  dayMatch: "or",
  dst: defaultDst,
  minimumIntervalMs: 1000,
} as const;

/** Zone and clock-change policy; on a member of `any` they hold for that member, else for the whole trigger. */
export interface ZoneOptions {
  /** IANA name. @default the server's configured zone, else UTC */
  readonly timezone?: string;
  readonly dst?: DstPolicy;
}

export interface AtTrigger extends ZoneOptions {
  readonly kind: "at";
  /** An instant (ISO 8601 with offset), or a local time of the trigger's zone. */
  readonly at: string;
}

export interface IntervalTrigger extends ZoneOptions {
  readonly kind: "interval";
  /** A duration; days, weeks and months count on the wall clock of the zone (SEM 37). */
  readonly every: string | number;
  /** Local time of day, for calendar units only. */
  readonly at?: string;
  /**
   * An instant of the grid, which extends both ways; `startAt` says when it begins.
   *
   * @default creation or the last edit of the trigger, which is then itself no instant: "5m" first fires 5 minutes later
   */
  readonly anchor?: string;
  /** @default "fixed-rate" */
  readonly mode?: "fixed-rate" | "fixed-delay";
}

export interface CronTrigger extends ZoneOptions {
  readonly kind: "cron";
  /** 5, 6 (leading seconds) or 7 (and year) fields, or a preset such as `@daily`. */
  readonly expression: string;
  /** Whether a day must match one or both of the day fields when both are set. @default "or" */
  readonly dayMatch?: "or" | "and";
}

export interface DailyTrigger extends ZoneOptions {
  readonly kind: "daily";
  /** Local times of day, `08:00` or `08:00:30`. */
  readonly times: readonly string[];
  /** @default every day */
  readonly days?: readonly DayName[];
}

/** What `any` unites: members carry their own zone and `dst`, everything else stands on the outermost trigger. */
export type MemberTrigger = AtTrigger | IntervalTrigger | CronTrigger | DailyTrigger;

export interface AnyTrigger extends ZoneOptions {
  readonly kind: "any";
  readonly triggers: readonly MemberTrigger[];
}

/** Starts by a call only. */
export interface ManualTrigger extends ZoneOptions {
  readonly kind: "manual";
}

/** Starts once, when the task is created. */
export interface ImmediateTrigger extends ZoneOptions {
  readonly kind: "immediate";
}

export type UnscheduledTrigger = ManualTrigger | ImmediateTrigger;

/** Bounds, spread and exceptions, which stand on the outermost trigger (SEM 18). */
export interface ScheduleOptions {
  /** First instant that may fire; an instant, a local time or a local date. */
  readonly startAt?: string;
  /** Last instant that may fire, itself included; a local date means the whole of that day. */
  readonly endAt?: string;
  /** Width of the deterministic spread of due times; nominal instants never move. */
  readonly jitter?: string | number;
  /**
   * Each entry is a local date `2027-01-01`, a range of dates `2027-05-01/2027-05-07` (both included), or a cron
   * expression. An instant whose wall clock matches is no instant; a cron of five fields matches whole minutes.
   */
  readonly exclude?: readonly string[];
}

/** A trigger that has instants. */
export type ScheduledTrigger = (MemberTrigger | AnyTrigger) & ScheduleOptions;

/** When a task fires; durations are texts such as `"5m"` or milliseconds, local times are of the trigger's own zone. */
export type Trigger = UnscheduledTrigger | ScheduledTrigger;

export const misfirePolicies = ["skip", "once", "all"] as const;

/** What happens to instants that were not decided in time (SEM 14). */
export interface MisfirePolicy {
  readonly policy: (typeof misfirePolicies)[number];
  /** An instant decided later than this after it was due is a misfire, in milliseconds. */
  readonly graceMs: number;
  /** An instant later than this is never caught up, in milliseconds; absent means no such bound. */
  readonly maxAgeMs?: number;
  /** Most late instants that are started, or enumerated, for one catch-up; those within their grace are not counted. */
  readonly cap: number;
}

export const defaultMisfire = {
  policy: "once",
  graceMs: 60_000,
  maxAgeMs: 86_400_000,
  cap: 1000,
} as const satisfies MisfirePolicy;

/** The defaults for a trigger: a one-off has no `maxAge` unless given one (SEM 14). */
export function defaultMisfireFor(trigger: Trigger): MisfirePolicy {
  if (trigger.kind !== "at") return defaultMisfire;
  const { policy, graceMs, cap } = defaultMisfire;
  return { policy, graceMs, cap };
}

/** Local hours in which instants may start runs; an instant outside all windows is `skipped(window)` (SEM 36). */
export interface Window {
  /** @default every day; for a window past midnight, the day it begins on */
  readonly days?: readonly DayName[];
  /** `HH:MM`, included. */
  readonly from: string;
  /** `HH:MM` or `24:00`, not included; before `from` it means the next day. */
  readonly to: string;
}

/** Bounds of what a trigger may contain; hostile inputs are refused before they cost anything. */
export const triggerBounds = {
  expressionLength: 1000,
  times: 1440,
  members: 100,
  excludes: 1000,
  /** Of the entries of `exclude`; dates cost less. */
  excludedCrons: 50,
  cap: 10_000,
  years: { first: 1970, last: 2299 },
} as const;
