// Our cron arithmetic against two independent ones, croner and cron-parser: 12 zones, 4 years, every difference listed.

import { CronExpressionParser } from "cron-parser";
import { Cron } from "croner";
import { describe, expect, it } from "vitest";
import { Calculators } from "../../src/domain/trigger/calculators.ts";
import { compileTrigger } from "../../src/domain/trigger/compile.ts";
import type { DstPolicy } from "../../src/domain/trigger/trigger.ts";
import type { Zone } from "../../src/domain/trigger/zone.ts";

const zones = [
  "Africa/Cairo",
  "America/New_York",
  "Asia/Shanghai",
  "Australia/Lord_Howe",
  "America/Santiago",
  "Asia/Kathmandu",
  "Europe/London",
  "Pacific/Apia",
  "Asia/Tehran",
  "America/St_Johns",
  "Africa/Casablanca",
  "UTC",
];

const day = 86_400_000;
/** 2024 has a leap day; Apia and Tehran have given up summer time, Cairo has taken it up again. */
const fromMs = Date.UTC(2024, 0, 1);
const untilMs = Date.UTC(2028, 0, 1);

/** Compared over all four years. */
const rare = [
  "0 9 * * *",
  "30 2 * * *",
  "30 0 * * *",
  "0 9 * * 1-5",
  "0 0 1 * *",
  "0 0 31 * *",
  "0 0 29 2 *",
  "0 0 L * *",
  "0 12 15W * *",
  "0 12 31W * *",
  "0 12 LW * *",
  "0 12 * * 5L",
  "0 12 * * 5#2",
  "0 0 13 * 5",
  "0 12 1,15 * 1",
  "0 0 * * 0",
  "0 0 * * 7",
  "30 4 1-7 1-6/2 MON",
  "30 15 23 L * *",
];

/** Compared around each change of the clocks, and for some plain days. */
const frequent = [
  "0 0 * * *",
  "30 1 * * *",
  "15 3 * * *",
  "*/15 * * * *",
  "0 * * * *",
  "0 */2 * * *",
  "30 */3 * * *",
  "*/20 1-3 * * *",
  "*/10 0 * * *",
  "0,30 2 * * *",
  "20 */30 * * * *",
];

interface Difference {
  readonly judge: "croner" | "cron-parser";
  readonly expressions: readonly string[];
  readonly zones: readonly string[];
  readonly reason: string;
  /** The judge is wrong far from any change of the clocks, or does not know the form at all. */
  readonly isBroken?: true;
}

/** Every difference; F.6 and SEM 37 say what Rota does. */
const differences: readonly Difference[] = [
  {
    judge: "croner",
    expressions: ["*/10 0 * * *"],
    zones: ["Africa/Cairo", "America/Santiago"],
    reason:
      "croner takes only a single minute and hour for a fixed time; others lose a missing hour, ours run once at its end",
  },
  {
    judge: "croner",
    expressions: ["0,30 2 * * *"],
    zones: ["America/New_York", "America/St_Johns", "Africa/Casablanca"],
    reason: "the same; and in Casablanca croner runs such a list in both passes of a repeated hour",
  },
  {
    judge: "croner",
    expressions: ["*/20 1-3 * * *"],
    zones: [
      "America/New_York",
      "Australia/Lord_Howe",
      "Europe/London",
      "America/St_Johns",
      "Africa/Casablanca",
    ],
    reason:
      "the same: the hour field is neither * nor a step, so ours run in the first pass of a repeated hour only",
  },
  {
    judge: "cron-parser",
    expressions: ["30 0 * * *"],
    zones: ["Africa/Cairo", "America/Santiago"],
    reason:
      "cron-parser moves a missing time on by the size of the gap, which is our dst.gap shift; the default is the first valid instant",
  },
  {
    judge: "cron-parser",
    expressions: ["30 2 * * *"],
    zones: ["America/New_York", "America/St_Johns", "Africa/Casablanca"],
    reason: "the same",
  },
  { judge: "cron-parser", expressions: ["30 1 * * *"], zones: ["Europe/London"], reason: "the same" },
  {
    judge: "cron-parser",
    expressions: ["*/10 0 * * *"],
    zones: ["Africa/Cairo", "America/Santiago"],
    reason: "the same, minute by minute",
  },
  {
    judge: "cron-parser",
    expressions: ["0,30 2 * * *"],
    zones: ["America/New_York", "Australia/Lord_Howe", "America/St_Johns", "Africa/Casablanca"],
    reason: "the same; in Lord Howe it loses what follows the repeated half-hour",
    isBroken: true,
  },
  {
    judge: "cron-parser",
    expressions: ["0 */2 * * *"],
    zones: [
      "Africa/Cairo",
      "America/New_York",
      "Australia/Lord_Howe",
      "America/Santiago",
      "America/St_Johns",
      "Africa/Casablanca",
    ],
    reason:
      "cron-parser runs a stepped hour that does not exist an hour later, and loses one in Casablanca; ours read the clock literally (SEM 37)",
    isBroken: true,
  },
  {
    judge: "cron-parser",
    expressions: ["30 */3 * * *"],
    zones: ["Africa/Cairo", "America/Santiago"],
    reason: "cron-parser runs a stepped hour that does not exist an hour later",
  },
  {
    judge: "cron-parser",
    expressions: [
      "0 9 * * *",
      "15 3 * * *",
      "*/15 * * * *",
      "0 * * * *",
      "*/20 1-3 * * *",
      "20 */30 * * * *",
    ],
    zones: ["Australia/Lord_Howe"],
    reason: "cron-parser cannot pass a change of half an hour: it ends there, or loses times",
    isBroken: true,
  },
  {
    judge: "cron-parser",
    expressions: ["0 12 15W * *", "0 12 31W * *", "0 12 LW * *"],
    zones,
    reason: "cron-parser does not know W",
    isBroken: true,
  },
];

const calculators = new Calculators();

type Answer = readonly number[] | "refused";
type Judge = (expression: string, timezone: string, span: readonly [number, number]) => Answer;

const ours = (
  expression: string,
  place: { timezone: string; dst?: DstPolicy },
  [from, until]: readonly [number, number],
): number[] => {
  const compiled = compileTrigger(
    { kind: "cron", expression, ...place },
    { anchorMs: 0, defaultTimezone: "UTC", calculators },
  );
  const found: number[] = [];
  for (let ms = compiled.next(from); ms !== undefined && ms <= until; ms = compiled.next(ms)) found.push(ms);
  return found;
};

const judges: Readonly<Record<Difference["judge"], Judge>> = {
  croner(expression, timezone, [from, until]) {
    try {
      const cron = new Cron(expression, { timezone });
      const found: number[] = [];
      for (let at = cron.nextRun(new Date(from)); at !== null && at.getTime() <= until; at = cron.nextRun(at))
        found.push(at.getTime());
      return found;
    } catch {
      return "refused";
    }
  },
  "cron-parser"(expression, tz, [from, until]) {
    const found: number[] = [];
    let cron: ReturnType<typeof CronExpressionParser.parse>;
    try {
      cron = CronExpressionParser.parse(expression, { tz, currentDate: new Date(from) });
    } catch {
      return "refused";
    }
    try {
      for (let at = cron.next().getTime(); at <= until; at = cron.next().getTime()) found.push(at);
    } catch {
      return found; // it gives up after a number of steps: what is missing then shows
    }
    return found;
  },
};

function zoneOf(name: string): Zone {
  const zone = calculators.zone(name);
  if (zone === undefined) throw new Error(`no zone ${name}`);
  return zone;
}

function spans(expression: string, zone: string): (readonly [number, number])[] {
  if (rare.includes(expression)) return [[fromMs, untilMs]];
  const moments = zoneOf(zone)
    .transitions(fromMs, untilMs)
    .map(({ atMs }) => atMs);
  return [...moments, Date.UTC(2025, 6, 15)].map((ms) => [ms - day, ms + day] as const);
}

interface Found {
  readonly isRefused: boolean;
  /** Instants only one of the two has. */
  readonly instants: readonly number[];
}

function compare(judge: Difference["judge"], expression: string, zone: string): Found | undefined {
  const instants: number[] = [];
  for (const span of spans(expression, zone)) {
    const answer = judges[judge](expression, zone, span);
    if (answer === "refused") return { isRefused: true, instants: [] };
    const own = ours(expression, { timezone: zone }, span);
    const [mine, theirs] = [new Set(own), new Set(answer)];
    instants.push(...own.filter((ms) => !theirs.has(ms)), ...answer.filter((ms) => !mine.has(ms)));
  }
  return instants.length === 0 ? undefined : { isRefused: false, instants };
}

describe.each(["croner", "cron-parser"] as const)("cron instants and %s", (judge) => {
  it.each(zones)(
    "F.6 agree in %s over four years, but for the listed differences",
    { timeout: 60_000 },
    (zone) => {
      const changes = zoneOf(zone)
        .transitions(fromMs - day, untilMs + day)
        .map(({ atMs }) => atMs);
      const found: string[] = [];
      for (const expression of [...rare, ...frequent]) {
        const difference = compare(judge, expression, zone);
        if (difference === undefined) continue;
        found.push(expression);
        const listed = differences.find(
          (entry) =>
            entry.judge === judge && entry.expressions.includes(expression) && entry.zones.includes(zone),
        );
        if (listed?.isBroken === true) continue;
        const isNear = difference.instants.every((ms) =>
          changes.some((at) => Math.abs(at - ms) <= 3 * 3_600_000),
        );
        expect(
          `${expression}: ${difference.isRefused ? "refused" : isNear ? "at a change of the clocks" : "anywhere"}`,
        ).toBe(`${expression}: at a change of the clocks`);
      }
      const listed = differences
        .filter((entry) => entry.judge === judge && entry.zones.includes(zone))
        .flatMap(({ expressions }) => expressions);
      expect(found.sort()).toEqual([...new Set(listed)].sort());
    },
  );
});

describe("the policy of cron-parser", () => {
  it.each([
    ["30 2 * * *", "America/New_York"],
    ["30 0 * * *", "Africa/Cairo"],
    ["30 0 * * *", "America/Santiago"],
    ["30 2 * * *", "Africa/Casablanca"],
  ])("is our dst.gap shift: %s in %s", { timeout: 20_000 }, (expression, zone) => {
    const span = [fromMs, untilMs] as const;
    expect(ours(expression, { timezone: zone, dst: { gap: "shift" } }, span)).toEqual(
      judges["cron-parser"](expression, zone, span),
    );
  });
});
