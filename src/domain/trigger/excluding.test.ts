// Exclusions: against a brute-force filter, and what becomes of a search whose work is used up.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Calculators } from "./calculators.ts";
import { checkTrigger } from "./check.ts";
import { dayMs, minuteMs } from "./civil.ts";
import { compileTrigger, readDayRange, type CompiledTrigger } from "./compile.ts";
import { CronCalculator } from "./cron-calculator.ts";
import { decide } from "./decide.ts";
import { previewTrigger } from "./preview.ts";
import { simulateTrigger, simulationLimit } from "./simulate.ts";
import { defaultMisfire, type Trigger } from "./trigger.ts";
import { searchWork, Work } from "./work.ts";

const calculators = new Calculators();
const context = { anchorMs: 0, defaultTimezone: "UTC", calculators };

function compiled(trigger: Trigger): CompiledTrigger {
  return compileTrigger(trigger, context);
}

/** Every second but those of 23:59:59 on days 1 to 3 and 8 to 31 are taken away, second by second. */
const onceADay: Trigger = {
  kind: "interval",
  every: "1s",
  exclude: ["0-58 * * * * *", "59 0-58 * * * *", "59 59 0-22 * * *", "59 59 23 4-7 * *"],
};
/** Instants and what is excluded never meet, which no search can know: it passes over half of all minutes one by one. */
const hopeless: Trigger = {
  kind: "cron",
  expression: "0/2 * * * * *",
  exclude: ["0/2 * * * * 0-3", "0/2 * * * * 4-6"],
};

const seconds = fc.constantFrom("*", "0", "0-58", "59", "*/2", "30-59", "0-29", "7");
const minutes = fc.constantFrom("*", "0", "0-58", "59", "*/2", "15-45");
const hours = fc.constantFrom("*", "0-22", "23", "*/2", "1-3", "2");
const days = fc.constantFrom(
  "* * *",
  "* * *",
  "4-7 * *",
  "L * *",
  "* * 0",
  "* * 1-5",
  "1-15 * 1",
  "* 3-10 *",
);
const excludes = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.tuple(seconds, minutes, hours, days).map((fields) => fields.join(" ")) },
    { weight: 2, arbitrary: fc.tuple(minutes, hours, days).map((fields) => fields.join(" ")) },
    { weight: 1, arbitrary: fc.constantFrom("2027-03-14", "2027-03-12/2027-03-13", "2027-11-06/2027-11-07") },
  ),
  { minLength: 1, maxLength: 5 },
);
const rules = fc.constantFrom<Trigger>(
  { kind: "interval", every: "1s" },
  { kind: "interval", every: 7500 },
  { kind: "interval", every: "7m" },
  { kind: "cron", expression: "*/20 * * * * *" },
  { kind: "cron", expression: "59 59 * * * *" },
  { kind: "cron", expression: "30 2,23 * * *" },
  {
    kind: "any",
    triggers: [
      { kind: "daily", times: ["02:30"] },
      { kind: "interval", every: "59m" },
    ],
  },
);

function isExcluded(localMs: number, entries: readonly string[]): boolean {
  return entries.some((entry) => {
    const range = readDayRange(entry);
    const day = Math.floor(localMs / dayMs);
    if (range !== undefined) return day >= range.firstDay && day <= range.lastDay;
    const calculator = calculators.calculator({ expression: entry, dayMatch: "or" });
    return calculator instanceof CronCalculator && calculator.matches(localMs);
  });
}

describe("exclusions", () => {
  it("leave exactly what a filter of every instant leaves, forwards and back, in every zone (S1.41)", () => {
    const places = fc.record({
      timezone: fc.constantFrom("UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"),
      // Both changes of the clocks in New York, and a few days around a month's end.
      fromMs: fc
        .tuple(
          fc.constantFrom(Date.UTC(2027, 2, 14, 6), Date.UTC(2027, 10, 7, 5), Date.UTC(2027, 4, 31)),
          fc.nat(dayMs),
        )
        .map(([at, shift]) => at - shift),
    });
    fc.assert(
      fc.property(places, rules, excludes, ({ timezone, fromMs }, rule, exclude) => {
        const zone = calculators.zone(timezone);
        const all = compiled({ ...rule, timezone });
        const expected: number[] = [];
        let untilMs = fromMs;
        for (let n = 0; n < 4000 && untilMs < fromMs + 60 * dayMs; n++) {
          untilMs = all.next(untilMs) ?? Infinity;
          if (!isExcluded(untilMs + (zone?.offsetAt(untilMs) ?? 0), exclude)) expected.push(untilMs);
        }
        const endAt = new Date(untilMs).toISOString();
        const left = compiled({ ...rule, timezone, exclude, endAt } as Trigger); // a rule with other options is one
        const found: number[] = [];
        for (let ms = left.next(fromMs); ms !== undefined; ms = left.next(ms)) found.push(ms);
        expect(found).toEqual(expected);
        const back: number[] = [];
        for (
          let ms = left.previous(Infinity, undefined, fromMs);
          ms !== undefined;
          ms = left.previous(ms, undefined, fromMs)
        )
          back.unshift(ms);
        expect(back).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it("taken second by second for days cost a look at each day, and nothing that is left is lost", () => {
    const third = Date.UTC(2027, 0, 3, 23, 59, 59);
    const work = new Work(searchWork);
    expect(compiled(onceADay).next(third, work)).toBe(Date.UTC(2027, 0, 8, 23, 59, 59));
    expect(work.used).toBeLessThan(100);
    expect(compiled(onceADay).previous(Date.UTC(2027, 0, 8, 23, 59, 59))).toBe(third);
  });

  it("that leave nothing of any day are known to leave nothing", () => {
    const nothing = compiled({
      kind: "interval",
      every: "1s",
      exclude: ["0-29 * * * * *", "30-59 * * * * *"],
    });
    const work = new Work(searchWork);
    expect([nothing.next(0, work), nothing.previous(0, work)]).toEqual([undefined, undefined]);
    expect([work.gaveUpAtMs, work.used < 100]).toEqual([undefined, true]);
  });
});

describe("a search whose work is used up", () => {
  it("says from where it should go on, which is another answer than never", () => {
    const work = new Work(1000);
    expect(compiled(hopeless).next(0, work)).toBeUndefined();
    const first = work.gaveUpAtMs ?? 0;
    expect(first).toBeGreaterThan(0);
    const again = new Work(1000);
    expect(compiled(hopeless).next(first - 1, again)).toBeUndefined();
    expect(again.gaveUpAtMs).toBeGreaterThan(first);
    expect(compiled({ ...hopeless, endAt: "1970-01-01T00:10:00Z" }).next(0, new Work(1000))).toBeUndefined();
  });

  it("leaves a decision its cursor and the moment to go on, never an end (SEM 5, 18)", () => {
    const input = { misfire: defaultMisfire, mode: "running", compiled: compiled(hopeless) } as const;
    let [cursorMs, nowMs] = [0, 0];
    for (let wake = 0; wake < 5; wake++) {
      const result = decide({ ...input, decidedThroughMs: cursorMs, nowMs });
      expect(result).toMatchObject({ occurrences: [], exhausted: false });
      expect(result.nextFireAtMs).toBeGreaterThan(nowMs);
      expect(result.decidedThroughMs).toBe(nowMs);
      [cursorMs, nowMs] = [result.decidedThroughMs, result.nextFireAtMs ?? 0];
    }
  });

  it("decides the oldest instant alone where the newest is too far to look for", () => {
    const early = compiled({
      kind: "interval",
      every: "20m",
      exclude: ["* 1-23 * 1 *", "* * 2-31 1 *", "* * * 2-12 *", "* * * * * ? 1971-2299"],
    });
    const shortSighted: CompiledTrigger = {
      ...early,
      previous: (ms, work, floorMs = -Infinity) => {
        if (ms - floorMs <= dayMs) return early.previous(ms, work, floorMs);
        work?.giveUp(ms - dayMs);
        return undefined;
      },
    };
    const nowMs = Date.UTC(2027, 0);
    const found: [number, string][] = [];
    let cursorMs = 0;
    let wakeMs = nowMs;
    while (wakeMs <= nowMs) {
      const result = decide({
        compiled: shortSighted,
        misfire: defaultMisfire,
        mode: "running",
        decidedThroughMs: cursorMs,
        nowMs,
      });
      for (const { scheduledForMs, decision } of result.occurrences)
        found.push([scheduledForMs / minuteMs, decision]);
      [cursorMs, wakeMs] = [result.decidedThroughMs, result.nextFireAtMs ?? Infinity];
    }
    expect(found).toEqual([
      [20, "missed"],
      [40, "missed"],
    ]);
    expect(wakeMs).toBe(Date.UTC(2300, 0));
  });

  it("refuses a new trigger of which no instant is found, and says how far was looked", () => {
    const checked = checkTrigger(hopeless, { calculators, nowMs: 0 });
    expect(checked).toMatchObject({ ok: false, issues: [{ path: "trigger", code: "NEVER_FIRES" }] });
    expect(checked.ok ? "" : checked.issues[0]?.message).toContain("no instant was found up to 19");
    expect(checkTrigger(onceADay, { calculators, nowMs: Date.UTC(2027, 0, 3, 23, 59, 59) }).ok).toBe(true);
  });

  it("truncates a simulation and a preview", () => {
    const [fromMs, untilMs] = [Date.UTC(2000, 0), Date.UTC(2100, 0)];
    expect(simulateTrigger({ trigger: hopeless, context, fromMs, untilMs })).toMatchObject({
      occurrences: [],
      isTruncated: true,
    });
    expect(previewTrigger(hopeless, { ...context, fromMs })).toMatchObject({ times: [], isTruncated: true });
    expect(previewTrigger(onceADay, { ...context, fromMs }).isTruncated).toBeUndefined();
  });
});

describe("a simulation", () => {
  it("N3 of a century of instants among exclusions does no more work than its budget", () => {
    const simulation = simulateTrigger({
      trigger: { kind: "interval", every: "1s", exclude: ["0-58 * * * * *", "59 0-58 * * * *"] },
      context,
      fromMs: Date.UTC(2000, 0),
      untilMs: Date.UTC(2100, 0),
    });
    expect(simulation.isTruncated).toBe(true);
    expect(simulation.occurrences).toHaveLength(simulationLimit);
    expect(simulation.occurrences[1]?.scheduledForMs).toBe(Date.UTC(2000, 0, 1, 1, 59, 59));
  });
});
