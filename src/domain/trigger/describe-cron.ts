// A cron expression in words.

import { bit60Members } from "./bits.ts";
import type { CronFields } from "./cron-expression.ts";
import { describeDayNotes, describeDays } from "./describe-cron-days.ts";
import { formatTimeOfDay } from "./instant-text.ts";
import { listed, listedZh, type Words } from "./words.ts";

export interface CronWords extends Words {
  /** Whether the words name hours or days, so that the zone matters. */
  readonly needsZone: boolean;
}

/** Most times of day that are listed one by one. */
const listedTimes = 6;

/** "every weekday at 09:00" / "工作日每天 09:00"; says what the expression does, not how it is written. */
export function describeCron(fields: CronFields): CronWords {
  const days = describeDays(fields);
  const notes = describeDayNotes(fields);
  const seconds = bit60Members(fields.seconds);
  const minutes = bit60Members(fields.minutes);
  const hours = bit60Members({ low: fields.hours, high: 0 });
  if (hours.length < 24 && seconds.length * minutes.length * hours.length <= listedTimes) {
    const times = hours.flatMap((h) =>
      minutes.flatMap((m) => seconds.map((s) => formatTimeOfDay(((h * 60 + m) * 60 + s) * 1000))),
    );
    const day = days ?? { en: "every day", zh: "每天" };
    return {
      en: `${day.en} at ${listed(times)}${notes.en}`,
      zh: `${day.zh} ${listedZh(times)}${notes.zh}`,
      needsZone: true,
    };
  }
  const often = frequency({ seconds, minutes, hours });
  const needsZone = days !== undefined || hours.length < 24;
  if (days === undefined) return { en: often.en + notes.en, zh: often.zh + notes.zh, needsZone };
  return { en: `${often.en}, ${days.en}${notes.en}`, zh: `${days.zh}，${often.zh}${notes.zh}`, needsZone };
}

/** What an excluded cron takes away: whole days are named without "every minute". */
export function describeExcludedCron(fields: CronFields): Words {
  const isWholeDays =
    fields.hours === 0xff_ffff && bit60Members(fields.minutes).length === 60 && !fields.hasSeconds;
  return (isWholeDays ? describeDays(fields) : undefined) ?? describeCron(fields);
}

interface TimeSets {
  readonly seconds: readonly number[];
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
}

function frequency({ seconds, minutes, hours }: TimeSets): Words {
  const isOnTheMinute = seconds.length === 1 && seconds[0] === 0;
  const isOnTheHour = isOnTheMinute && minutes.length === 1 && minutes[0] === 0;
  if (isOnTheHour) return isStretch(hours) && hours.length < 24 ? hourly(hours) : rhythm(hours, hourUnit);
  if (isOnTheMinute && minutes.length > 1) return within(rhythm(minutes, minuteUnit), hours);
  if (isOnTheMinute) {
    const base = rhythm(hours, hourUnit);
    return { en: `${base.en} at minute ${minutes[0]}`, zh: `${base.zh}的第${minutes[0]}分钟` };
  }
  if (seconds.length === 1 && minutes.length === 60) {
    return within({ en: `every minute at second ${seconds[0]}`, zh: `每分钟的第${seconds[0]}秒` }, hours);
  }
  const inner = rhythm(seconds, secondUnit);
  if (minutes.length === 60) return within(inner, hours);
  const words = {
    en: `${inner.en} in minutes ${ranges(minutes)}`,
    zh: `在第${ranges(minutes)}分钟内${inner.zh}`,
  };
  return within(words, hours);
}

function isStretch(values: readonly number[]): boolean {
  return (values.at(-1) ?? 0) - (values[0] ?? 0) + 1 === values.length;
}

function hourly(hours: readonly number[]): Words {
  const [from, to] = [hours[0] ?? 0, hours.at(-1) ?? 0].map((hour) => formatTimeOfDay(hour * 3_600_000));
  return { en: `every hour from ${from} to ${to}`, zh: `${from}–${to} 每小时` };
}

interface UnitWords {
  readonly size: number;
  readonly en: string;
  readonly zh: string;
  /** The longer unit in which it begins anew. */
  readonly whole: Words;
}

const secondUnit: UnitWords = { size: 60, en: "second", zh: "秒", whole: { en: "minute", zh: "每分钟" } };
const minuteUnit: UnitWords = { size: 60, en: "minute", zh: "分钟", whole: { en: "hour", zh: "每小时" } };
const hourUnit: UnitWords = { size: 24, en: "hour", zh: "小时", whole: { en: "day", zh: "每天" } };

/** "every minute", "every 5 minutes", or "at minutes 0, 10 and 25 of every hour". */
function rhythm(values: readonly number[], unit: UnitWords): Words {
  if (values.length === unit.size) return { en: `every ${unit.en}`, zh: `每${unit.zh}` };
  const step = (values[1] ?? 0) - (values[0] ?? 0);
  const isStep =
    values.length > 1 &&
    values[0] === 0 &&
    values.every((value, index) => value === index * step) &&
    values.length === Math.ceil(unit.size / step);
  if (isStep && unit.size % step === 0) return { en: `every ${step} ${unit.en}s`, zh: `每${step}${unit.zh}` };
  if (isStep) {
    return {
      en: `every ${step} ${unit.en}s, counted anew each ${unit.whole.en}`,
      zh: `${unit.whole.zh}从0开始每${step}${unit.zh}`,
    };
  }
  const plural = values.length > 1 ? "s" : "";
  const zh = unit === hourUnit ? `在${ranges(values)}点` : `${unit.whole.zh}的第${ranges(values)}${unit.zh}`;
  return { en: `at ${unit.en}${plural} ${ranges(values)} of every ${unit.whole.en}`, zh };
}

function within(words: Words, hours: readonly number[]): Words {
  if (hours.length === 24) return words;
  const first = hours[0] ?? 0;
  const last = hours.at(-1) ?? 0;
  if (isStretch(hours)) {
    const from = formatTimeOfDay(first * 3_600_000);
    const to = formatTimeOfDay(last * 3_600_000 + 59 * 60_000);
    return { en: `${words.en} from ${from} to ${to}`, zh: `${from}–${to} 之间${words.zh}` };
  }
  return { en: `${words.en} in the hours ${ranges(hours)}`, zh: `在${ranges(hours)}点内${words.zh}` };
}

/** "0, 15, 30–35"; both languages read it. */
function ranges(values: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < values.length;) {
    let j = i;
    while (values[j + 1] === (values[j] ?? 0) + 1) j++;
    parts.push(j - i >= 2 ? `${values[i]}–${values[j]}` : values.slice(i, j + 1).join(", "));
    i = j + 1;
  }
  return parts.join(", ");
}
