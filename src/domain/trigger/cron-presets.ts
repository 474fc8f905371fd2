// Named cron expressions: the customary `@daily` ones, and the eight of S1.51 by the meaning of their labels.

/** `@` names and the expressions they stand for. */
export const presetExpressions: ReadonlyMap<string, string> = new Map([
  ["@yearly", "0 0 1 1 *"],
  ["@annually", "0 0 1 1 *"],
  ["@monthly", "0 0 1 * *"],
  ["@weekly", "0 0 * * 0"],
  ["@daily", "0 0 * * *"],
  ["@midnight", "0 0 * * *"],
  ["@hourly", "0 * * * *"],
  ["@minutely", "* * * * *"],
]);

export interface CronPreset {
  readonly name: string;
  readonly expression: string;
  readonly label: { readonly en: string; readonly zh: string };
}

/**
 * The named schedules people choose from. "每分钟" and "每5分钟" mean minutes: the expressions S1.51 prints beside them
 * have a seconds field and would fire every second and every five (C1).
 */
export const cronPresets: readonly CronPreset[] = [
  { name: "every-minute", expression: "* * * * *", label: { en: "every minute", zh: "每分钟" } },
  { name: "every-5-minutes", expression: "*/5 * * * *", label: { en: "every 5 minutes", zh: "每5分钟" } },
  { name: "hourly", expression: "0 0 * * * *", label: { en: "every hour", zh: "每小时" } },
  {
    name: "daily-midnight",
    expression: "0 0 0 * * *",
    label: { en: "every day at midnight", zh: "每天凌晨" },
  },
  {
    name: "daily-9am",
    expression: "0 0 9 * * *",
    label: { en: "every day at 9 in the morning", zh: "每天上午9点" },
  },
  { name: "monday-9am", expression: "0 0 9 * * 1", label: { en: "every Monday at 9", zh: "每周一上午9点" } },
  {
    name: "first-9am",
    expression: "0 0 9 1 * *",
    label: { en: "on the 1st of each month at 9", zh: "每月1号上午9点" },
  },
  {
    name: "weekdays-9am",
    expression: "0 0 9 * * 1-5",
    label: { en: "every weekday at 9", zh: "工作日每天上午9点" },
  },
];
