// Previews: instants with the zone's offset, words, warnings.

import { describe, expect, it } from "vitest";
import { Calculators } from "./calculators.ts";
import { previewTrigger, type PreviewOptions } from "./preview.ts";
import type { Trigger } from "./trigger.ts";
import { triggerWarnings } from "./warnings.ts";

const fromMs = Date.UTC(2027, 0, 1, 12);
const options: PreviewOptions = {
  fromMs,
  anchorMs: fromMs,
  defaultTimezone: "UTC",
  calculators: new Calculators(),
};
const newYork = { timezone: "America/New_York" } as const;

function warned(trigger: Trigger): string[] {
  return triggerWarnings(trigger, options).map(({ code, at }) => (at === undefined ? code : `${code} ${at}`));
}

describe("previewing a trigger", () => {
  it("S1.49 shows the next instants with the offset of the zone", () => {
    const preview = previewTrigger(
      { kind: "cron", expression: "30 2 * * *", ...newYork, startAt: "2027-03-13" },
      { ...options, count: 3 },
    );
    expect(preview.times).toEqual([
      "2027-03-13T02:30:00-05:00",
      "2027-03-14T03:00:00-04:00",
      "2027-03-15T02:30:00-04:00",
    ]);
    expect(preview.description).toEqual({
      en: "every day at 02:30 (America/New_York), from 2027-03-13",
      zh: "每天 02:30（America/New_York），自 2027-03-13 起",
    });
    expect(preview.warnings.map(({ code }) => code)).toEqual(["DST_GAP"]);
  });

  it("shows immediate as now, manual as nothing, and a fixed delay as an estimate (SEM 17)", () => {
    expect(previewTrigger({ kind: "immediate" }, options).times).toEqual(["2027-01-01T12:00:00Z"]);
    expect(previewTrigger({ kind: "manual" }, options).times).toEqual([]);
    const delay = previewTrigger(
      { kind: "interval", every: "5m", mode: "fixed-delay" },
      { ...options, count: 2, runDurationMs: 60_000 },
    );
    expect(delay).toMatchObject({
      times: ["2027-01-01T12:05:00Z", "2027-01-01T12:11:00Z"],
      isEstimated: true,
    });
  });

  it("shows as many as there are, and never more than a thousand", () => {
    expect(previewTrigger({ kind: "at", at: "2027-01-02T00:00:00Z" }, options).times).toHaveLength(1);
    expect(previewTrigger({ kind: "interval", every: 1500 }, { ...options, count: 1e9 }).times).toHaveLength(
      1000,
    );
    expect(previewTrigger({ kind: "interval", every: 1500 }, { ...options, count: 1 }).times).toEqual([
      "2027-01-01T12:00:01.500Z",
    ]);
  });
});

describe("the warnings of a trigger", () => {
  it("name the gap and the overlap of the coming year, and what will happen", () => {
    expect(warned({ kind: "daily", times: ["02:30"], ...newYork })).toEqual([
      "DST_GAP 2027-03-14T03:00:00-04:00",
    ]);
    expect(warned({ kind: "daily", times: ["01:30"], ...newYork })).toEqual([
      "DST_OVERLAP 2027-11-07T01:30:00-04:00",
    ]);
    expect(warned({ kind: "daily", times: ["01:30"], ...newYork, dst: { overlap: "second" } })).toEqual([
      "DST_OVERLAP 2027-11-07T01:30:00-05:00",
    ]);
    const [gap] = triggerWarnings(
      { kind: "cron", expression: "30 2 * * *", ...newYork, dst: { gap: "shift" } },
      options,
    );
    expect(gap?.message).toEqual({
      en: "2027-03-14 02:30 does not exist in America/New_York (the clocks go forward); it will run at 03:30",
      zh: "2027-03-14 02:30 在 America/New_York 不存在（时钟拨快），将改在 03:30 运行",
    });
    const [lost] = triggerWarnings({ kind: "cron", expression: "0 */2 * * *", ...newYork }, options);
    expect(lost?.message.en).toContain("nothing runs for it");
    expect(warned({ kind: "at", at: "2027-03-14T02:30", ...newYork })).toEqual([
      "DST_GAP 2027-03-14T03:00:00-04:00",
    ]);
    expect(warned({ kind: "interval", every: "1d", at: "01:15", ...newYork })).toEqual([
      "DST_OVERLAP 2027-11-07T01:15:00-04:00",
    ]);
    expect(
      warned({
        kind: "any",
        triggers: [
          { kind: "daily", times: ["02:30"], ...newYork },
          { kind: "daily", times: ["01:30"], timezone: "Europe/London" },
        ],
      }),
    ).toEqual([
      "DST_GAP 2027-03-14T03:00:00-04:00",
      "DST_GAP 2027-03-28T02:00:00+01:00",
      "DST_OVERLAP 2027-10-31T01:30:00+01:00",
    ]);
  });

  it("are silent where nothing happens: other hours, days, bounds, exclusions, every hour, no wall clock", () => {
    const silent: Trigger[] = [
      { kind: "daily", times: ["09:00"], ...newYork },
      { kind: "cron", expression: "30 2 * * 1-5", ...newYork },
      { kind: "daily", times: ["02:30"], ...newYork, startAt: "2027-04-01", endAt: "2027-10-01" },
      { kind: "daily", times: ["02:30"], ...newYork, exclude: ["2027-03-14"] },
      { kind: "cron", expression: "*/5 * * * *", ...newYork },
      { kind: "interval", every: "6h", ...newYork },
      { kind: "daily", times: ["02:30"], timezone: "Asia/Shanghai" },
      { kind: "manual" },
    ];
    for (const trigger of silent) expect([trigger, warned(trigger)]).toEqual([trigger, []]);
  });

  it("C1 say when six fields run more than once a minute", () => {
    expect(warned({ kind: "cron", expression: "*/5 * * * * *" })).toEqual(["MORE_THAN_ONCE_A_MINUTE"]);
    expect(warned({ kind: "cron", expression: "0 */5 * * * *" })).toEqual([]);
  });

  it("say when a rule runs rarely, and when the jitter exceeds the interval", () => {
    expect(warned({ kind: "cron", expression: "0 0 29 2 *" })).toEqual(["FIRES_RARELY 2028-02-29T00:00:00Z"]);
    expect(warned({ kind: "interval", every: "1m", jitter: "1m" })).toEqual(["JITTER_EXCEEDS_INTERVAL"]);
  });
});
