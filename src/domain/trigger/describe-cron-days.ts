// The days of a cron expression in words: weekdays, days of the month, both, months and years.

import type { DayRule } from "./cron-days.ts";
import type { CronFields } from "./cron-expression.ts";
import { bitFrom } from "./bits.ts";
import {
  everyWeekdayWords,
  listed,
  listedZh,
  monthWords,
  ordinal,
  weekdayWords,
  weekdaysIn,
  type Words,
} from "./words.ts";

/** "every weekday" / "工作日每天", "on the 1st of each month" / "每月1日"; undefined when every day matches. */
export function describeDays(fields: CronFields): Words | undefined {
  const { dayRule, months } = fields;
  const monthList = members(months);
  const isEveryMonth = monthList.length === 12;
  const period = isEveryMonth ? { en: "of each month", zh: "每月" } : monthsOnly(monthList);
  let words = dayWords(
    dayRule,
    isEveryMonth
      ? period
      : {
          en: `of ${period.en}`,
          zh: monthList.length === 1 && hasPlainDays(dayRule) ? period.zh : `${period.zh}的`,
        },
  );
  if (!isEveryMonth && words === undefined)
    words = { en: `every day in ${period.en}`, zh: `${period.zh}的每天` };
  else if (!isEveryMonth && !dayRule.hasDayOfMonth && words !== undefined) {
    const isOfMonth = dayRule.weekdays === 0;
    words = isOfMonth ? words : { en: `${words.en} in ${period.en}`, zh: `${period.zh}的${words.zh}` };
  }
  return words;
}

/** What is said after the time of day: how two day fields go together, and which years count. */
export function describeDayNotes({ dayRule, years }: CronFields): Words {
  const isEither = dayRule.hasDayOfMonth && dayRule.hasWeekday && dayRule.dayMatch === "or";
  const list = years?.map(String) ?? [];
  return {
    en: `${isEither ? " (a day that matches either day field counts)" : ""}${list.length > 0 ? `, in ${listed(list)} only` : ""}`,
    zh: `${isEither ? "（日期与星期满足其一即可）" : ""}${list.length > 0 ? `，仅${listedZh(list)}年` : ""}`,
  };
}

/** 每年1月1日 needs no 的. */
function hasPlainDays(rule: DayRule): boolean {
  return rule.hasDayOfMonth && rule.days !== 0;
}

function monthsOnly(months: readonly number[]): Words {
  return {
    en: listed(months.map((month) => monthWords[month - 1] ?? "")),
    zh: `每年${listedZh(months.map((month) => `${month}月`))}`,
  };
}

function dayWords(rule: DayRule, period: Words): Words | undefined {
  const byDay = rule.hasDayOfMonth ? dayOfMonthWords(rule, period) : undefined;
  const byWeekday = rule.hasWeekday ? weekdayRuleWords(rule, period) : undefined;
  if (byDay === undefined) return byWeekday;
  if (byWeekday === undefined) return byDay;
  const plain = rule.lastWeekdays === 0 && rule.nth.every((word) => word === 0);
  const days = weekdaysIn(rule.weekdays);
  const en = plain
    ? listed(
        days.map((day) => day.en),
        "or",
      )
    : byWeekday.en;
  const zh = plain ? listedZh(days.map((day) => day.zh)) : byWeekday.zh;
  if (rule.dayMatch === "and")
    return { en: `${byDay.en} when it is ${plain ? "a " : ""}${en}`, zh: `${byDay.zh}且为${zh}` };
  return {
    en: `${byDay.en} and also ${byWeekday.en}`,
    zh: `${byDay.zh}以及${byWeekday.zh}`,
  };
}

function dayOfMonthWords(rule: DayRule, period: Words): Words {
  const en: string[] = [];
  const zh: string[] = [];
  const plain = members(rule.days).map((bit) => bit + 1);
  if (plain.length > 0) {
    en.push(`the ${listed(plain.map(ordinal))}`);
    zh.push(listedZh(plain.map((day) => `${day}日`)));
  }
  for (const before of members(rule.beforeLast)) {
    en.push(before === 0 ? "the last day" : `the day ${before} before the last`);
    zh.push(before === 0 ? "最后一天" : `倒数第${before + 1}天`);
  }
  for (const bit of members(rule.nearest)) {
    en.push(`the weekday nearest the ${ordinal(bit + 1)}`);
    zh.push(`最接近${bit + 1}日的工作日`);
  }
  if (rule.isLastWorkday) {
    en.push("the last weekday");
    zh.push("最后一个工作日");
  }
  return { en: `on ${listed(en)} ${period.en}`, zh: `${period.zh}${listedZh(zh)}` };
}

function weekdayRuleWords(rule: DayRule, period: Words): Words {
  const en: string[] = [];
  const zh: string[] = [];
  if (rule.weekdays !== 0) {
    const words = everyWeekdayWords(rule.weekdays);
    en.push(words.en);
    zh.push(words.zh);
  }
  const places = ["first", "second", "third", "fourth", "fifth"];
  const placesZh = ["第一个", "第二个", "第三个", "第四个", "第五个"];
  for (const [index, word] of rule.nth.entries()) {
    for (const day of members(word)) {
      en.push(`on the ${places[index]} ${weekdayWords[day]?.en} ${period.en}`);
      zh.push(`${period.zh}${placesZh[index]}${weekdayWords[day]?.zh}`);
    }
  }
  for (const day of members(rule.lastWeekdays)) {
    en.push(`on the last ${weekdayWords[day]?.en} ${period.en}`);
    zh.push(`${period.zh}最后一个${weekdayWords[day]?.zh}`);
  }
  return { en: listed(en), zh: listedZh(zh) };
}

function members(word: number): number[] {
  const found: number[] = [];
  for (let bit = bitFrom(word, 0); bit >= 0; bit = bitFrom(word, bit + 1)) found.push(bit);
  return found;
}
