// Small pieces of English and Chinese from which descriptions of schedules are made.

import type { Duration } from "../duration.ts";

/** The same sentence in both languages Rota speaks. */
export interface Words {
  readonly en: string;
  readonly zh: string;
}

export const weekdayWords: readonly Words[] = [
  { en: "Sunday", zh: "周日" },
  { en: "Monday", zh: "周一" },
  { en: "Tuesday", zh: "周二" },
  { en: "Wednesday", zh: "周三" },
  { en: "Thursday", zh: "周四" },
  { en: "Friday", zh: "周五" },
  { en: "Saturday", zh: "周六" },
];

export const monthWords: readonly string[] =
  "January February March April May June July August September October November December".split(" ");

/** "a", "a and b", "a, b and c"; long lists are cut with their number. */
export function listed(items: readonly string[], word: "and" | "or" = "and"): string {
  if (items.length > 12) return `${items.slice(0, 10).join(", ")} … (${items.length} in all)`;
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join(", ")} ${word} ${items.at(-1)}`;
}

export function listedZh(items: readonly string[]): string {
  return items.length > 12 ? `${items.slice(0, 10).join("、")}……（共${items.length}个）` : items.join("、");
}

/** 1st, 2nd, 3rd, 11th, … */
export function ordinal(n: number): string {
  const suffix = n % 100 >= 11 && n % 100 <= 13 ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
  return `${n}${suffix}`;
}

/** "5 minutes" / "5分钟", "1 hour 30 minutes" / "1小时30分钟", "2 days" / "2天". */
export function durationWords(duration: Duration): Words {
  if (duration.kind === "calendar") {
    const { unit, count } = duration;
    if (unit === "mo" && count % 12 === 0) return counted(count / 12, "year", "年");
    return unit === "d"
      ? counted(count, "day", "天")
      : unit === "w"
        ? counted(count, "week", "周")
        : counted(count, "month", "个月");
  }
  const parts: Words[] = [];
  let rest = duration.ms;
  for (const [size, en, zh] of [
    [3_600_000, "hour", "小时"],
    [60_000, "minute", "分钟"],
    [1000, "second", "秒"],
    [1, "millisecond", "毫秒"],
  ] as const) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(counted(count, en, zh));
  }
  return { en: parts.map(({ en }) => en).join(" "), zh: parts.map(({ zh }) => zh).join("") };
}

function counted(count: number, en: string, zh: string): Words {
  return { en: `${count} ${en}${count === 1 ? "" : "s"}`, zh: `${count}${zh}` };
}

/** "every minute", "every 5 minutes" / "每分钟", "每5分钟". */
export function everyWords(duration: Duration): Words {
  const { en, zh } = durationWords(duration);
  const isOne = en.startsWith("1 ") && !en.slice(2).includes(" ");
  return {
    en: `every ${isOne ? en.slice(2) : en}`,
    zh: `每${isOne && zh !== "1个月" ? zh.slice(1) : isOne ? "月" : zh}`,
  };
}

/** Days of the week, bit 0 = Sunday: "every weekday" / "工作日每天", "every Monday and Friday" / "每周一、周五". */
export function everyWeekdayWords(mask: number): Words {
  if (mask === 0x7f) return { en: "every day", zh: "每天" };
  if (mask === 0b0111110) return { en: "every weekday", zh: "工作日每天" };
  if (mask === 0b1000001) return { en: "every Saturday and Sunday", zh: "每周六、周日" };
  const days = weekdaysIn(mask);
  return { en: `every ${listed(days.map(({ en }) => en))}`, zh: `每${listedZh(days.map(({ zh }) => zh))}` };
}

/** The names of the days in a mask, the week beginning on Monday. */
export function weekdaysIn(mask: number): Words[] {
  const found: Words[] = [];
  for (const day of [1, 2, 3, 4, 5, 6, 0]) {
    const words = weekdayWords[day];
    if (((mask >>> day) & 1) === 1 && words !== undefined) found.push(words);
  }
  return found;
}
