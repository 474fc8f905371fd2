// Compiled triggers: anchors, bounds, members, and the shared calculators.

import { describe, expect, it } from "vitest";
import { Calculators } from "./calculators.ts";
import { compileTrigger, type CompiledTrigger } from "./compile.ts";
import { formatInstant, formatTimeOfDay, readTime, readTimeOfDay } from "./instant-text.ts";
import { defaultMisfire, defaultMisfireFor, type Trigger } from "./trigger.ts";
import { Windows } from "./windows.ts";
import { Zone } from "./zone.ts";

const noon = Date.UTC(2027, 0, 1, 12);
const minute = 60_000;
const day = 86_400_000;
const calculators = new Calculators();

function compiled(trigger: Trigger): CompiledTrigger {
  return compileTrigger(trigger, { anchorMs: noon, defaultTimezone: "Asia/Shanghai", calculators });
}

describe("a compiled trigger", () => {
  it("S0.27 keeps an interval on a grid that never drifts, with creation itself left out", () => {
    const every5 = compiled({ kind: "interval", every: "5m" });
    expect(every5.next(noon - 1)).toBe(noon + 5 * minute);
    expect(every5.next(noon + 7 * minute)).toBe(noon + 10 * minute);
    expect(every5.previous(noon + 1)).toBe(noon - 5 * minute);
    const anchored = compiled({ kind: "interval", every: "5m", anchor: "2027-01-01T12:00:00Z" });
    expect(anchored.next(noon - 1)).toBe(noon);
    expect(compiled({ kind: "interval", every: "1d" }).next(noon - 1)).toBe(noon + day);
    expect(compiled({ kind: "interval", every: "1d", at: "21:00" }).next(noon)).toBe(noon + 60 * minute);
  });

  it("uses the default zone for what names none, and the outer zone for members of any", () => {
    const nine = compiled({ kind: "daily", times: ["09:00"] });
    expect(nine.next(noon)).toBe(Date.UTC(2027, 0, 2, 1));
    const any = compiled({
      kind: "any",
      timezone: "UTC",
      triggers: [
        { kind: "daily", times: ["13:00"] },
        { kind: "daily", times: ["21:00"], timezone: "Asia/Shanghai" },
        { kind: "daily", times: ["21:30"], timezone: "Asia/Shanghai" },
      ],
    });
    // 13:00 UTC and 21:00 in Shanghai are one instant.
    expect(any.next(noon)).toBe(noon + 60 * minute);
    expect(any.next(noon + 60 * minute)).toBe(noon + 90 * minute);
    expect(any.previous(noon + 90 * minute)).toBe(noon + 60 * minute);
  });

  it("includes startAt and endAt themselves, and the whole of an end date", () => {
    const bounded = compiled({
      kind: "interval",
      every: "1h",
      anchor: "2027-01-01T00:00Z",
      startAt: "2027-01-01T14:00Z",
      endAt: "2027-01-01T15:00Z",
    });
    expect([bounded.next(0), bounded.next(noon + 120 * minute), bounded.next(noon + 180 * minute)]).toEqual([
      noon + 120 * minute,
      noon + 180 * minute,
      undefined,
    ]);
    expect([bounded.previous(Infinity), bounded.previous(noon + 120 * minute)]).toEqual([
      noon + 180 * minute,
      undefined,
    ]);
    const dated = compiled({ kind: "daily", times: ["23:59"], endAt: "2027-01-03" });
    expect(dated.previous(Infinity)).toBe(Date.UTC(2027, 0, 3, 15, 59));
  });

  it("S0.17 has one instant for an instant, and for a local time in its zone", () => {
    const at = compiled({ kind: "at", at: "2027-03-28T09:00", timezone: "Europe/London" });
    expect(at.next(0)).toBe(Date.UTC(2027, 2, 28, 8));
    expect(at.next(Date.UTC(2027, 2, 28, 8))).toBeUndefined();
    expect(compiled({ kind: "at", at: "2027-03-28T09:00:00+08:00" }).previous(Infinity)).toBe(
      Date.UTC(2027, 2, 28, 1),
    );
  });

  it("has no instants for manual and immediate, and says so", () => {
    expect(compiled({ kind: "manual" })).toMatchObject({ hasInstants: false, jitterMs: 0 });
    expect(compiled({ kind: "immediate" }).next(0)).toBeUndefined();
    expect(compiled({ kind: "interval", every: "5m", mode: "fixed-delay", jitter: "10s" })).toMatchObject({
      hasInstants: true,
      fixedDelayMs: 5 * minute,
      jitterMs: 10_000,
    });
  });

  it.each<Trigger>([
    { kind: "cron", expression: "x" },
    { kind: "cron", expression: "@daily", timezone: "Nowhere" },
    { kind: "at", at: "soon" },
    { kind: "interval", every: "5" },
    { kind: "daily", times: ["25:00"] },
    { kind: "interval", every: "5m", jitter: "x" },
  ])("refuses %j, which the check would have refused, as INVALID_TRIGGER", (trigger) => {
    expect(() => compiled(trigger)).toThrow(expect.objectContaining({ code: "INVALID_TRIGGER" }) as Error);
  });

  it("has no maxAge for a one-off by default (SEM 14)", () => {
    expect(defaultMisfireFor({ kind: "at", at: "2027-03-28T09:00Z" })).toEqual({
      policy: "once",
      graceMs: 60_000,
      cap: 1000,
    });
    expect(defaultMisfireFor({ kind: "cron", expression: "@daily" })).toBe(defaultMisfire);
  });
});

describe("calculators", () => {
  it("share one calculator for equal crons in a zone, and forget the least recently used", () => {
    const few = new Calculators(2);
    const utc = few.zone("UTC");
    if (utc === undefined) throw new Error("no UTC");
    const get = (expression: string): unknown =>
      few.cron({ expression, dayMatch: "or" }, utc, { gap: "skip", overlap: "first" });
    const first = get("0 1 * * *");
    const second = get("0 2 * * *");
    expect(get("0 1 * * *")).toBe(first);
    get("0 3 * * *");
    expect(get("0 1 * * *")).toBe(first);
    expect(get("0 2 * * *")).not.toBe(second);
  });

  it("know zones by their IANA names only", () => {
    expect(
      ["Asia/Shanghai", "UTC", "GMT", "Singapore", "asia/shanghai"].map(
        (name) => Zone.find(name) !== undefined,
      ),
    ).toEqual([true, true, true, true, true]);
    expect(
      ["CST", "PST", "+08:00", "", "Asia/Beijing", "x".repeat(1000)].map((name) => Zone.find(name)),
    ).toEqual(Array.from({ length: 6 }, () => undefined));
  });

  it("find every change of the clocks, the two of a Ramadan too", () => {
    const casablanca =
      Zone.find("Africa/Casablanca")?.transitions(Date.UTC(2024, 0), Date.UTC(2026, 0)) ?? [];
    expect(casablanca.map(({ atMs }) => new Date(atMs).toISOString().slice(0, 10))).toEqual([
      "2024-03-10",
      "2024-04-14",
      "2025-02-23",
      "2025-04-06",
    ]);
    expect(Zone.find("Asia/Shanghai")?.transitions(Date.UTC(2024, 0), Date.UTC(2100, 0))).toEqual([]);
  });
});

describe("times as text", () => {
  it.each([
    ["2027-03-28T09:00:00Z", { kind: "instant", ms: Date.UTC(2027, 2, 28, 9) }],
    ["2027-03-28 09:00+0530", { kind: "instant", ms: Date.UTC(2027, 2, 28, 3, 30) }],
    ["2027-03-28T09:00:00.250-04:00", { kind: "instant", ms: Date.UTC(2027, 2, 28, 13, 0, 0, 250) }],
    ["2027-03-28T09:00", { kind: "local", localMs: Date.UTC(2027, 2, 28, 9), isDate: false }],
    ["2027-03-28", { kind: "local", localMs: Date.UTC(2027, 2, 28), isDate: true }],
    ["2027-02-29", undefined],
    ["2027-03-28T24:00", undefined],
    ["2027-03-28Z", undefined],
    ["28.3.2027", undefined],
    ["9".repeat(10_000), undefined],
  ])("reads %s", (text, expected) => {
    expect(readTime(text)).toEqual(expected);
  });

  it("writes instants with the zone's offset then, and reads them back", () => {
    const kathmandu = Zone.find("Asia/Kathmandu");
    const text = kathmandu === undefined ? "" : formatInstant(noon + 1, kathmandu);
    expect(text).toBe("2027-01-01T17:45:00.001+05:45");
    expect(readTime(text)).toEqual({ kind: "instant", ms: noon + 1 });
    expect([
      readTimeOfDay("8:05"),
      readTimeOfDay("24:00"),
      readTimeOfDay("24:00", true),
      readTimeOfDay("24:01", true),
    ]).toEqual([29_100_000, undefined, day, undefined]);
    expect([formatTimeOfDay(29_100_000), formatTimeOfDay(29_130_000)]).toEqual(["08:05", "08:05:30"]);
  });
});

describe("windows", () => {
  it("S36 open and close by the clock of the zone, past midnight too", () => {
    const zone = Zone.find("UTC");
    if (zone === undefined) throw new Error("no UTC");
    const windows = new Windows(
      [
        { from: "22:00", to: "02:00", days: ["sat"] },
        { from: "09:00", to: "24:00", days: ["mon"] },
      ],
      zone,
    );
    const sunday = Date.UTC(2027, 0, 3);
    const open = (hours: number): boolean => windows.isInside(sunday + hours * 60 * minute);
    // Saturday 21:59, 22:00, Sunday 01:59, 02:00, Monday 09:00 and 23:59, Tuesday 00:00.
    expect([-2.1, -2, 1.9, 2, 33, 47.9, 48].map(open)).toEqual([false, true, true, false, true, true, false]);
    expect(new Windows([], zone).isInside(sunday)).toBe(true);
    expect(windows.stretchAt(sunday + 24 * 60 * minute)).toEqual({
      isInside: false,
      fromMs: sunday + 2 * 60 * minute,
    });
  });
});
