// Triggers in words, both languages.

import { describe, expect, it } from "vitest";
import { cronPresets } from "./cron-presets.ts";
import { describeTrigger } from "./describe.ts";
import type { Trigger } from "./trigger.ts";

const shanghai = { timezone: "Asia/Shanghai" } as const;

describe("describing a trigger", () => {
  it.each<[Trigger, string, string]>([
    [{ kind: "manual" }, "only when it is started by hand", "仅手动触发"],
    [{ kind: "immediate" }, "once, immediately", "立即执行一次"],
    [
      { kind: "at", at: "2027-03-28T09:00", ...shanghai },
      "once at 2027-03-28 09:00 (Asia/Shanghai)",
      "2027-03-28 09:00 执行一次（Asia/Shanghai）",
    ],
    [
      { kind: "at", at: "2027-03-28T09:00:00Z" },
      "once at 2027-03-28 09:00 UTC",
      "2027-03-28 09:00 UTC 执行一次",
    ],
    [{ kind: "interval", every: "5m" }, "every 5 minutes", "每5分钟"],
    [{ kind: "interval", every: "1h" }, "every hour", "每小时"],
    [{ kind: "interval", every: "1h30m" }, "every 1 hour 30 minutes", "每1小时30分钟"],
    [
      { kind: "interval", every: "2d", at: "9:00", ...shanghai },
      "every 2 days at 09:00 (Asia/Shanghai)",
      "每2天 09:00（Asia/Shanghai）",
    ],
    [{ kind: "interval", every: "1mo" }, "every month (UTC)", "每月（UTC）"],
    [
      { kind: "interval", every: "30s", mode: "fixed-delay" },
      "30 seconds after each run ends",
      "每次运行结束30秒后",
    ],
    [
      { kind: "daily", times: ["20:30", "08:00"], ...shanghai },
      "every day at 08:00 and 20:30 (Asia/Shanghai)",
      "每天 08:00、20:30（Asia/Shanghai）",
    ],
    [
      { kind: "daily", times: ["08:00"], days: ["sat", "sun"] },
      "every Saturday and Sunday at 08:00 (UTC)",
      "每周六、周日 08:00（UTC）",
    ],
    [
      {
        kind: "any",
        triggers: [
          { kind: "daily", times: ["09:00"] },
          { kind: "interval", every: "1h" },
        ],
        ...shanghai,
      },
      "every day at 09:00 (Asia/Shanghai); and every hour",
      "每天 09:00（Asia/Shanghai）；以及每小时",
    ],
    [
      {
        kind: "interval",
        every: "5m",
        startAt: "2027-01-01",
        endAt: "2027-12-31",
        exclude: ["2027-05-01/2027-05-07", "* * 25 12 *"],
        jitter: "30s",
      },
      "every 5 minutes, from 2027-01-01, until 2027-12-31, except 2027-05-01 – 2027-05-07 and on the 25th of December, up to 30 seconds later, always the same for one task",
      "每5分钟，自 2027-01-01 起，至 2027-12-31 止，除外：2027-05-01 – 2027-05-07、每年12月25日，最多推迟30秒（同一任务固定）",
    ],
  ])("says %j", (trigger, en, zh) => {
    expect(describeTrigger(trigger)).toEqual({ en, zh });
  });

  it.each([
    ["* * * * *", "every minute", "每分钟"],
    ["*/5 * * * *", "every 5 minutes", "每5分钟"],
    ["*/7 * * * *", "every 7 minutes, counted anew each hour", "每小时从0开始每7分钟"],
    ["5 * * * *", "every hour at minute 5", "每小时的第5分钟"],
    ["*/5 * * * * *", "every 5 seconds", "每5秒"],
    ["* * * * * *", "every second", "每秒"],
    ["30 * * * * *", "every minute at second 30", "每分钟的第30秒"],
    [
      "15,45 0-3 * * * *",
      "at seconds 15, 45 of every minute in minutes 0–3",
      "在第0–3分钟内每分钟的第15, 45秒",
    ],
    ["0 9 * * 1-5", "every weekday at 09:00 (Asia/Shanghai)", "工作日每天 09:00（Asia/Shanghai）"],
    ["0 9-17 * * *", "every hour from 09:00 to 17:00 (Asia/Shanghai)", "09:00–17:00 每小时（Asia/Shanghai）"],
    [
      "*/15 9-17 * * 1-5",
      "every 15 minutes from 09:00 to 17:59, every weekday (Asia/Shanghai)",
      "工作日每天，09:00–17:59 之间每15分钟（Asia/Shanghai）",
    ],
    [
      "*/10 8,12,16 * * *",
      "every 10 minutes in the hours 8, 12, 16 (Asia/Shanghai)",
      "在8, 12, 16点内每10分钟（Asia/Shanghai）",
    ],
    [
      "0 0 1,15 * *",
      "on the 1st and 15th of each month at 00:00 (Asia/Shanghai)",
      "每月1日、15日 00:00（Asia/Shanghai）",
    ],
    ["0 0 1 1 *", "on the 1st of January at 00:00 (Asia/Shanghai)", "每年1月1日 00:00（Asia/Shanghai）"],
    [
      "0 0 L-3 * *",
      "on the day 3 before the last of each month at 00:00 (Asia/Shanghai)",
      "每月倒数第4天 00:00（Asia/Shanghai）",
    ],
    [
      "0 0 15W,LW * *",
      "on the weekday nearest the 15th and the last weekday of each month at 00:00 (Asia/Shanghai)",
      "每月最接近15日的工作日、最后一个工作日 00:00（Asia/Shanghai）",
    ],
    [
      "0 9 * * 5#2",
      "on the second Friday of each month at 09:00 (Asia/Shanghai)",
      "每月第二个周五 09:00（Asia/Shanghai）",
    ],
    [
      "0 9 * 3 5L",
      "on the last Friday of March at 09:00 (Asia/Shanghai)",
      "每年3月的最后一个周五 09:00（Asia/Shanghai）",
    ],
    ["0 9 * 6 1", "every Monday in June at 09:00 (Asia/Shanghai)", "每年6月的每周一 09:00（Asia/Shanghai）"],
    ["0 9 * 6 *", "every day in June at 09:00 (Asia/Shanghai)", "每年6月的每天 09:00（Asia/Shanghai）"],
    [
      "0 0 0 1 1 ? 2030",
      "on the 1st of January at 00:00, in 2030 only (Asia/Shanghai)",
      "每年1月1日 00:00，仅2030年（Asia/Shanghai）",
    ],
  ])("says the cron %s in words", (expression, en, zh) => {
    expect(describeTrigger({ kind: "cron", expression, ...shanghai })).toEqual({ en, zh });
  });

  it("C3 explains that either day field is enough, or that both are needed", () => {
    const both = { kind: "cron", expression: "0 0 13 * 5" } as const;
    expect(describeTrigger(both)).toEqual({
      en: "on the 13th of each month and also every Friday at 00:00 (a day that matches either day field counts) (UTC)",
      zh: "每月13日以及每周五 00:00（日期与星期满足其一即可）（UTC）",
    });
    expect(describeTrigger({ ...both, dayMatch: "and" })).toEqual({
      en: "on the 13th of each month when it is a Friday at 00:00 (UTC)",
      zh: "每月13日且为周五 00:00（UTC）",
    });
  });

  it("S1.51 says for its named schedules what their labels say", () => {
    const said = cronPresets.map(({ expression }) => describeTrigger({ kind: "cron", expression }).zh);
    expect(said).toEqual([
      "每分钟",
      "每5分钟",
      "每小时",
      "每天 00:00（UTC）",
      "每天 09:00（UTC）",
      "每周一 09:00（UTC）",
      "每月1日 09:00（UTC）",
      "工作日每天 09:00（UTC）",
    ]);
  });
});
