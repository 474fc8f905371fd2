// Wall-clock rules through changes of the clocks: against a brute-force oracle, and the laws that always hold.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Calculators } from "./calculators.ts";
import { compileTrigger, type CompiledTrigger } from "./compile.ts";
import { CronCalculator } from "./cron-calculator.ts";
import { instantsOfLocal } from "./local-time.ts";
import { gapPolicies, overlapChoices, type DstPolicy, type Trigger } from "./trigger.ts";
import type { Zone } from "./zone.ts";

const calculators = new Calculators();
const minute = 60_000;
const day = 86_400_000;
const zones = [
  "America/New_York",
  "Africa/Cairo",
  "Australia/Lord_Howe",
  "America/Santiago",
  "Europe/London",
  "Pacific/Apia",
  "America/St_Johns",
  "Africa/Casablanca",
  "Asia/Kathmandu",
  "UTC",
];

function compiled(trigger: Trigger): CompiledTrigger {
  return compileTrigger(trigger, {
    anchorMs: Date.UTC(2020, 0, 31, 23, 30),
    defaultTimezone: "UTC",
    calculators,
  });
}

function zoneOf(name: string): Zone {
  const zone = calculators.zone(name);
  if (zone === undefined) throw new Error(name);
  return zone;
}

/** Moments at which something may go wrong: within two days of a change of the clocks between 2009 and 2030. */
const places = fc.constantFrom(...zones).chain((name) => {
  const changes = zoneOf(name)
    .transitions(Date.UTC(2009, 0), Date.UTC(2030, 0))
    .map(({ atMs }) => atMs);
  const moments = changes.length === 0 ? [Date.UTC(2027, 1, 28)] : changes;
  return fc.record({
    timezone: fc.constant(name),
    atMs: fc.constantFrom(...moments),
    shiftMs: fc.integer({ min: -2 * day, max: 2 * day }),
  });
});

const dstPolicies = fc.record({
  gap: fc.constantFrom(...gapPolicies),
  overlap: fc.constantFrom(...overlapChoices),
});

const minutes = fc.constantFrom("*", "0", "30", "*/15", "0,30", "5-10", "59");
const hours = fc.constantFrom("*", "*/2", "*/3", "0", "1", "2", "3", "0-3", "1,2", "23", "0,2");
const daysOfMonth = fc.constantFrom("*", "*", "1-15", "*/2", "L");
const weekdays = fc.constantFrom("*", "*", "0", "1-5", "6,7");
const expressions = fc
  .tuple(minutes, hours, daysOfMonth, weekdays)
  .map(([m, h, d, w]) => `${m} ${h} ${d} * ${w}`);

/** Every minute of some days, as the law has it: instant by instant for literal rules, reading by reading for the others. */
function bruteForce(
  expression: string,
  { zone, dst }: { zone: Zone; dst: Required<DstPolicy> },
  [fromMs, untilMs]: readonly [number, number],
): number[] {
  const calculator = calculators.calculator({ expression, dayMatch: "or" });
  if (!(calculator instanceof CronCalculator)) throw new Error(expression);
  const found = new Set<number>();
  if (calculator.fields.isLiteral) {
    for (let ms = Math.ceil(fromMs / minute) * minute; ms <= untilMs; ms += minute)
      if (calculator.matches(ms + zone.offsetAt(ms))) found.add(ms);
  } else {
    const reach = 2 * day;
    for (
      let local = Math.floor((fromMs - reach) / minute) * minute;
      local <= untilMs + reach;
      local += minute
    ) {
      if (!calculator.matches(local)) continue;
      for (const ms of instantsOfLocal(zone, local, dst)) if (ms > fromMs && ms <= untilMs) found.add(ms);
    }
  }
  return [...found].sort((a, b) => a - b).filter((ms) => ms > fromMs);
}

function instants(source: CompiledTrigger, fromMs: number, untilMs: number): number[] {
  const found: number[] = [];
  for (let ms = source.next(fromMs); ms !== undefined && ms <= untilMs; ms = source.next(ms)) found.push(ms);
  return found;
}

describe("a rule on the wall clock", () => {
  it("has exactly the instants of a minute-by-minute search, in every zone and under every dst policy", () => {
    fc.assert(
      fc.property(places, dstPolicies, expressions, ({ timezone, atMs, shiftMs }, dst, expression) => {
        const fromMs = atMs + shiftMs - day;
        const expected = bruteForce(expression, { zone: zoneOf(timezone), dst }, [fromMs, fromMs + 6 * day]);
        expect(
          instants(compiled({ kind: "cron", expression, timezone, dst }), fromMs, fromMs + 6 * day),
        ).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  const rules: readonly Trigger[] = [
    { kind: "cron", expression: "*/15 2,3 * * *" },
    { kind: "cron", expression: "30 0 * * *" },
    { kind: "cron", expression: "0 */2 * * *" },
    { kind: "cron", expression: "30 1 29 2 *" },
    { kind: "cron", expression: "*/20 * * * * *" },
    { kind: "daily", times: ["00:30", "01:30", "02:30", "03:00"], days: ["sun", "fri"] },
    { kind: "interval", every: "1mo" },
    { kind: "interval", every: "3d", at: "02:15" },
    { kind: "interval", every: "2w" },
    { kind: "interval", every: "90m" },
    { kind: "at", at: "2027-03-14T02:30" },
    {
      kind: "cron",
      expression: "30 2 * * *",
      exclude: ["0 * * * 0", "* * 5-9 * *", "2027-03-14/2027-03-20"],
    },
    { kind: "cron", expression: "30 2 * * *", startAt: "2015-06-01", endAt: "2028-02-29" },
    {
      kind: "any",
      triggers: [
        { kind: "cron", expression: "30 1 * * *" },
        { kind: "daily", times: ["01:30", "02:00"] },
        { kind: "interval", every: "7h" },
      ],
    },
  ];

  it("increases strictly, and previous() is the inverse of next()", () => {
    fc.assert(
      fc.property(
        places,
        dstPolicies,
        fc.constantFrom(...rules),
        ({ timezone, atMs, shiftMs }, dst, rule) => {
          const source = compiled({ ...rule, timezone, dst });
          let last = atMs + shiftMs;
          for (let n = 0; n < 12; n++) {
            const next = source.next(last);
            if (next === undefined) break;
            expect(next).toBeGreaterThan(last);
            // Nothing lies between: from anywhere in between the answers are the same.
            expect(source.previous(next + 1)).toBe(next);
            expect(source.next(next - 1)).toBe(next);
            const before = source.previous(next);
            expect(before === undefined ? next : source.next(before)).toBe(next);
            expect(n > 0 ? before : last).toBe(last);
            last = next;
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it("has no instant twice where gap policies put two readings on one moment", () => {
    const source = compiled({
      kind: "cron",
      expression: "*/10 2,3 * * *",
      timezone: "America/New_York",
      dst: { gap: "shift" },
    });
    const gapDay = instants(source, Date.UTC(2027, 2, 14, 5), Date.UTC(2027, 2, 14, 9));
    expect(gapDay).toEqual([0, 10, 20, 30, 40, 50].map((m) => Date.UTC(2027, 2, 14, 7, m)));
  });

  it("runs daily triggers at the instants of the cron they mean (S1.36)", () => {
    fc.assert(
      fc.property(
        places,
        dstPolicies,
        fc.integer({ min: 0, max: 1439 }),
        ({ timezone, atMs }, dst, ofDay) => {
          const [hour, m] = [Math.floor(ofDay / 60), ofDay % 60];
          const time = `${String(hour).padStart(2, "0")}:${String(m).padStart(2, "0")}`;
          const daily = compiled({
            kind: "daily",
            times: [time],
            days: ["mon", "sun", "wed", "sat"],
            timezone,
            dst,
          });
          const cron = compiled({ kind: "cron", expression: `${m} ${hour} * * 0,1,3,6`, timezone, dst });
          expect(instants(daily, atMs - 8 * day, atMs + 8 * day)).toEqual(
            instants(cron, atMs - 8 * day, atMs + 8 * day),
          );
        },
      ),
      { numRuns: 150 },
    );
  });

  it("counts calendar intervals on the wall clock, and a missing day of a month as its last (SEM 37)", () => {
    const months = compiled({
      kind: "interval",
      every: "1mo",
      anchor: "2027-01-31T09:00",
      timezone: "America/New_York",
    });
    const shown = instants(months, Date.UTC(2027, 0, 1), Date.UTC(2027, 5, 1)).map((ms) =>
      new Date(ms + zoneOf("America/New_York").offsetAt(ms)).toISOString().slice(0, 16),
    );
    expect(shown).toEqual([
      "2027-01-31T09:00",
      "2027-02-28T09:00",
      "2027-03-31T09:00",
      "2027-04-30T09:00",
      "2027-05-31T09:00",
    ]);
  });

  it("leaves out the day that Apia left out, or moves its reading to the first instant after it", () => {
    const nine = { kind: "cron", expression: "0 9 * * *", timezone: "Pacific/Apia" } as const;
    const around = [Date.UTC(2011, 11, 29, 18), Date.UTC(2011, 11, 31, 18)] as const;
    expect(instants(compiled({ ...nine, dst: { gap: "skip" } }), ...around)).toHaveLength(2);
    expect(instants(compiled(nine), ...around)).toContain(Date.UTC(2011, 11, 30, 10));
  });

  it("answers in any year up to 9999, and says when nothing is left", () => {
    const yearly = compiled({ kind: "cron", expression: "0 0 29 2 *", timezone: "Europe/London" });
    expect(yearly.next(Date.UTC(2096, 2, 1))).toBe(Date.UTC(2104, 1, 29));
    expect(yearly.next(Date.UTC(9996, 2, 1))).toBeUndefined();
    expect(yearly.next(Infinity)).toBeUndefined();
    expect(yearly.previous(-Infinity)).toBeUndefined();
    const past = compiled({ kind: "cron", expression: "0 0 0 1 1 ? 2020" });
    expect(past.next(Date.UTC(2027, 0))).toBeUndefined();
    expect(past.previous(Date.UTC(2027, 0))).toBe(Date.UTC(2020, 0));
  });
});

describe("exclusions", () => {
  it("take away the dates and the readings they name, a cron of five fields whole minutes", () => {
    const source = compiled({
      kind: "cron",
      expression: "*/30 * * * * *",
      exclude: ["30-59 * * * *", "2027-01-02"],
    });
    const found = instants(source, Date.UTC(2027, 0, 1, 23, 28) - 1, Date.UTC(2027, 0, 3, 0, 0));
    expect(found.map((ms) => new Date(ms).toISOString().slice(8, 19))).toEqual([
      "01T23:28:00",
      "01T23:28:30",
      "01T23:29:00",
      "01T23:29:30",
      "03T00:00:00",
    ]);
  });

  it("that leave nothing end the search", () => {
    expect(
      compiled({ kind: "cron", expression: "0 9 * * *", exclude: ["0 9 * * *"] }).next(0),
    ).toBeUndefined();
    expect(
      compiled({ kind: "cron", expression: "* * * * * *", exclude: ["* * * * *"] }).previous(0),
    ).toBeUndefined();
  });
});
