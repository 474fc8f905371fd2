// Cron expressions: what is read, and what is refused in which words.

import { describe, expect, it } from "vitest";
import { bit60Members } from "./bits.ts";
import { daysFromCivil, dayMs } from "./civil.ts";
import { CronCalculator } from "./cron-calculator.ts";
import { parseCron, type CronFields } from "./cron-expression.ts";
import { cronPresets } from "./cron-presets.ts";

function fields(expression: string, dayMatch: "or" | "and" = "or"): CronFields {
  const parsed = parseCron(expression, dayMatch);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.fields;
}

function problem(expression: string): string {
  const parsed = parseCron(expression);
  return parsed.ok ? "" : parsed.message;
}

/** The first days of 2027 (or later) that an expression matches, as month-day. */
function days(expression: string, count: number, dayMatch: "or" | "and" = "or"): string[] {
  const calculator = new CronCalculator(fields(expression, dayMatch));
  const found: string[] = [];
  let ms = daysFromCivil(2027, 1, 1) * dayMs;
  for (let n = 0; n < count; n++) {
    ms = calculator.next(ms);
    if (ms === Infinity) break;
    found.push(new Date(ms).toISOString().slice(0, 10));
    ms = (Math.floor(ms / dayMs) + 1) * dayMs;
  }
  return found;
}

describe("reading a cron expression", () => {
  it("S1.40 reads five fields as minute to weekday, and S1.38 six with the seconds first", () => {
    expect(bit60Members(fields("*/5 * * * *").minutes)).toEqual([
      0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55,
    ]);
    expect(bit60Members(fields("*/5 * * * *").seconds)).toEqual([0]);
    expect(bit60Members(fields("*/5 * * * * *").seconds)).toHaveLength(12);
    expect(fields("0 0 12 1 1 ? 2027-2031/2").years).toEqual([2027, 2029, 2031]);
  });

  it("S1.39 counts 1 as Monday and 7 as Sunday, and 0 too (C2)", () => {
    expect(days("0 9 * * 1", 1)).toEqual(["2027-01-04"]);
    expect(days("0 9 * * 7", 1)).toEqual(["2027-01-03"]);
    expect(days("0 9 * * 0", 1)).toEqual(["2027-01-03"]);
    expect(days("0 9 * * SUN", 1)).toEqual(["2027-01-03"]);
    expect(days("0 9 * * 5-7", 4)).toEqual(["2027-01-01", "2027-01-02", "2027-01-03", "2027-01-08"]);
    expect(days("0 9 * * fri-mon", 4)).toEqual(["2027-01-01", "2027-01-02", "2027-01-03", "2027-01-04"]);
  });

  it("C3 takes a day that matches either day field, or both with dayMatch and", () => {
    expect(days("0 0 13 * 5", 3)).toEqual(["2027-01-01", "2027-01-08", "2027-01-13"]);
    expect(days("0 0 13 * 5", 2, "and")).toEqual(["2027-08-13", "2028-10-13"]);
  });

  it.each([
    ["0 0 L * *", ["2027-01-31", "2027-02-28", "2027-03-31"]],
    ["0 0 L-3 * *", ["2027-01-28", "2027-02-25", "2027-03-28"]],
    ["0 0 LW * *", ["2027-01-29", "2027-02-26", "2027-03-31"]],
    ["0 0 15W * *", ["2027-01-15", "2027-02-15", "2027-03-15", "2027-04-15", "2027-05-14"]],
    ["0 0 1W * *", ["2027-01-01", "2027-02-01", "2027-03-01", "2027-04-01", "2027-05-03"]],
    ["0 0 31W * *", ["2027-01-29", "2027-03-31", "2027-05-31"]],
    ["0 0 * * 5L", ["2027-01-29", "2027-02-26"]],
    ["0 0 * * FRIL", ["2027-01-29", "2027-02-26"]],
    ["0 0 * * 5#2", ["2027-01-08", "2027-02-12"]],
    ["0 0 * * MON#1,WED#5", ["2027-01-04", "2027-02-01", "2027-03-01", "2027-03-31"]],
    ["0 0 31 * *", ["2027-01-31", "2027-03-31", "2027-05-31"]],
    ["0 0 29 2 *", ["2028-02-29", "2032-02-29"]],
    ["0 0 29 FEB MON", ["2027-02-01", "2027-02-08"]],
  ])("F.6 matches %s on the right days", (expression, expected) => {
    expect(days(expression, expected.length)).toEqual(expected);
  });

  it.each(["0 0 31 2 *", "0 0 30 2 *", "0 0 31 4,6,9,11 *", "0 0 0 29 2 ? 2027", "0 0 31W 4 *"])(
    "finds that %s never matches",
    (expression) => {
      expect(new CronCalculator(fields(expression)).isPossible).toBe(false);
    },
  );

  it.each(["0 0 29 2 1", "0 0 31 12 *", "0 0 L-30 1 *"])(
    "finds that %s matches at some time",
    (expression) => {
      expect(new CronCalculator(fields(expression, "and")).isPossible).toBe(true);
    },
  );

  it("SEM 37 matches the clock as it reads where the hour field is * or a step", () => {
    expect(
      ["* * * * *", "0 */2 * * *", "0 0-23 * * *", "@hourly", "0 8-18/2 * * *"].map(
        (text) => fields(text).isLiteral,
      ),
    ).toEqual([true, true, true, true, true]);
    expect(
      ["0 2 * * *", "0 1-3 * * *", "0 1,2 * * *", "@daily"].map((text) => fields(text).isLiteral),
    ).toEqual([false, false, false, false]);
  });

  it.each([
    ["60 * * * *", "minute", "0-59"],
    ["* 24 * * *", "hour", "0-23"],
    ["* * 0 * *", "day-of-month", "1-31"],
    ["* * * 13 *", "month", "1-12"],
    ["* * * * 8", "weekday", "0-7"],
    ["60 * * * * *", "second", "0-59"],
    ["0 0 0 1 1 ? 1900", "year", "1970-2299"],
    ["* * * foo *", "month", "foo"],
    ["5-1 * * * *", "minute", "backwards"],
    ["*/0 * * * *", "minute", "step"],
    ["*/90 * * * *", "minute", "interval"],
    ["? * * * *", "minute", "day fields"],
    ["1-2-3 * * * *", "minute", "1-2-3"],
    ["1,,2 * * * *", "minute", "minute"],
    ["* * L-31 * *", "day-of-month", "L-30"],
    ["* * 32W * *", "day-of-month", "32W"],
    ["* * * * L", "weekday", "5L"],
    ["* * * * 5#6", "weekday", "5#2"],
    ["* * *", "5 fields", "3"],
    ["", "5 fields", "0"],
    ["* * * * * * * *", "7", "8"],
    ["@every 5m", "interval", "every"],
    ["@reboot", "immediate", "@reboot"],
    ["@fortnightly", "@weekly", "presets"],
  ])("refuses %j naming %s and %s", (expression, ...parts) => {
    for (const part of parts) expect(problem(expression)).toContain(part);
  });

  it("refuses an expression of ten thousand characters without reading it", () => {
    expect(problem(`${"1,".repeat(5000)}1 * * * *`)).toContain("1000");
    expect(problem(`* * * * ${"MON,".repeat(200)}MON`)).toBe("");
  });

  it("S1.51 names schedules by the meaning of their labels (C1)", () => {
    const noon = Date.UTC(2027, 0, 1, 12);
    const gaps = cronPresets.map(({ expression }) => {
      const calculator = new CronCalculator(fields(expression));
      const first = calculator.next(noon + 1);
      return [first, calculator.next(first + 1) - first];
    });
    const hour = 3_600_000;
    expect(cronPresets.map(({ label }) => label.zh)).toEqual([
      "每分钟",
      "每5分钟",
      "每小时",
      "每天凌晨",
      "每天上午9点",
      "每周一上午9点",
      "每月1号上午9点",
      "工作日每天上午9点",
    ]);
    expect(gaps.map(([, gap]) => gap)).toEqual([
      60_000,
      300_000,
      hour,
      24 * hour,
      24 * hour,
      168 * hour,
      28 * 24 * hour,
      24 * hour,
    ]);
    expect(gaps.slice(4).map(([first]) => new Date(first ?? 0).toISOString().slice(11, 16))).toEqual([
      "09:00",
      "09:00",
      "09:00",
      "09:00",
    ]);
  });
});
