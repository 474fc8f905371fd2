// Durations as text.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDuration, longestDurationMs, parseDuration, parseDurationMs } from "./duration.ts";

describe("durations", () => {
  it.each([
    ["90s", 90_000],
    ["30m", 1_800_000],
    ["1h30m", 5_400_000],
    ["500ms", 500],
    ["1.5h", 5_400_000],
    ["1 hour 30 minutes", 5_400_000],
    ["PT30M", 1_800_000],
    ["PT1H30M", 5_400_000],
    ["P1DT12H", 129_600_000],
    ["2d", 172_800_000],
    ["1w", 604_800_000],
    ["1d12h", 129_600_000],
    [0, 0],
    [250, 250],
  ])("reads %j as %d ms", (text, ms) => {
    expect(parseDurationMs(text)).toEqual({ ok: true, ms });
  });

  it.each([
    ["2d", { kind: "calendar", unit: "d", count: 2 }],
    ["1w", { kind: "calendar", unit: "w", count: 1 }],
    ["3mo", { kind: "calendar", unit: "mo", count: 3 }],
    ["P1Y", { kind: "calendar", unit: "mo", count: 12 }],
    ["P2W", { kind: "calendar", unit: "w", count: 2 }],
    ["36h", { kind: "elapsed", ms: 129_600_000 }],
  ])("keeps the calendar units of %j apart (SEM 37)", (text, duration) => {
    expect(parseDuration(text)).toEqual({ ok: true, duration });
  });

  it.each([
    "",
    "5",
    "abc",
    "5x",
    "1h1h",
    "-5m",
    "1.5d",
    "1d12h",
    "P",
    "PT",
    "P1M2D",
    "5m garbage!",
    "99999999999w",
    "1".repeat(100_000),
    null,
    {},
    [],
    Number.NaN,
    -1,
    Infinity,
    true,
  ])("refuses %j with a sentence", (input) => {
    const read = parseDuration(input);
    expect(read.ok).toBe(false);
    expect(read.ok ? "" : read.message.length).toBeGreaterThan(10);
  });

  it("refuses months as a plain duration, since nobody knows how long one is", () => {
    const read = parseDurationMs("1mo");
    expect(read.ok ? "" : read.message).toContain("use days");
  });

  it("reads back what it writes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: longestDurationMs }), (ms) => {
        expect(parseDurationMs(formatDuration(ms))).toEqual({ ok: true, ms });
      }),
    );
    expect(formatDuration({ kind: "calendar", unit: "mo", count: 3 })).toBe("3mo");
    expect(formatDuration({ kind: "elapsed", ms: 5_400_500 })).toBe("1h30m500ms");
  });
});
