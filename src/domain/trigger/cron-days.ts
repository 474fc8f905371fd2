// The two day fields of a cron expression: plain values, L, W and #, and the days of a month they match.

import { daysInMonth, daysFromCivil, weekdayOf } from "./civil.ts";
import { fieldProblem, fieldRules, fieldValue, parseFieldItem, type FieldProblem } from "./cron-field.ts";

/** Which days match; in every word bit d − 1 stands for day d of a month, bit n for weekday n. */
export interface DayRule {
  /** Whether the field says anything, that is, is neither `*` nor `?`. */
  readonly hasDayOfMonth: boolean;
  readonly hasWeekday: boolean;
  readonly dayMatch: "or" | "and";
  readonly days: number;
  /** `L` and `L-n`: bit n stands for n days before the last. */
  readonly beforeLast: number;
  /** `15W`: the weekday nearest to that day, within its month. */
  readonly nearest: number;
  /** `LW`: the last day from Monday to Friday. */
  readonly isLastWorkday: boolean;
  readonly weekdays: number;
  /** `5L`: bit n stands for the last weekday n of the month. */
  readonly lastWeekdays: number;
  /** `5#2`: the second Friday; one word of weekdays for each of the five. */
  readonly nth: readonly number[];
}

export type DayRuleResult = { readonly ok: true; readonly rule: DayRule } | FieldProblem;

type DayOfMonthPart = Pick<DayRule, "hasDayOfMonth" | "days" | "beforeLast" | "nearest" | "isLastWorkday">;
type WeekdayPart = Pick<DayRule, "hasWeekday" | "weekdays" | "lastWeekdays" | "nth">;

export function parseDayRule(dayOfMonth: string, weekday: string, dayMatch: "or" | "and"): DayRuleResult {
  const first = parseDayOfMonth(dayOfMonth);
  if ("message" in first) return first;
  const second = parseWeekday(weekday);
  if ("message" in second) return second;
  return { ok: true, rule: { ...first, ...second, dayMatch } };
}

function parseDayOfMonth(field: string): DayOfMonthPart | FieldProblem {
  const rule = fieldRules.dayOfMonth;
  let days = 0;
  let beforeLast = 0;
  let nearest = 0;
  let isLastWorkday = false;
  const has = field !== "*" && field !== "?";
  for (const item of has ? field.toUpperCase().split(",") : ["1-31"]) {
    const last = /^L(?:-(\d{1,2}))?$/.exec(item);
    const work = /^(\d{1,2})W$/.exec(item);
    if (last !== null) {
      const before = Number(last[1] ?? 0);
      if (before > 30) return fieldProblem(rule, item, "at most L-30");
      beforeLast |= 1 << before;
    } else if (item === "LW" || item === "WL") isLastWorkday = true;
    else if (work !== null) {
      const day = fieldValue(rule, work[1] ?? "");
      if (day === undefined) return fieldProblem(rule, item);
      nearest |= 1 << (day - 1);
    } else {
      const plain = parseFieldItem(rule, item);
      if (!plain.ok) return withHint(plain, "L, L-3, 15W and LW");
      for (const day of plain.values) days |= 1 << (day - 1);
    }
  }
  return { hasDayOfMonth: has, days, beforeLast, nearest, isLastWorkday };
}

function parseWeekday(field: string): WeekdayPart | FieldProblem {
  const rule = fieldRules.weekday;
  const nth = [0, 0, 0, 0, 0];
  let weekdays = 0;
  let lastWeekdays = 0;
  const has = field !== "*" && field !== "?";
  for (const item of has ? field.toUpperCase().split(",") : ["0-6"]) {
    const special = /^([A-Z]{3,9}?|\d)(L|#L|#[1-5])$/.exec(item);
    if (special !== null) {
      const day = fieldValue(rule, special[1] ?? "");
      if (day === undefined) return fieldProblem(rule, item);
      const place = Number(special[2]?.slice(1)) - 1;
      if (place >= 0) nth[place] = (nth[place] ?? 0) | (1 << (day % 7));
      else lastWeekdays |= 1 << (day % 7);
    } else {
      const plain = parseFieldItem(rule, item);
      if (!plain.ok)
        return withHint(plain, item === "L" ? "5L (the last Friday; say which day)" : "5L and 5#2");
      for (const day of plain.values) weekdays |= 1 << (day % 7);
    }
  }
  return { hasWeekday: has, weekdays, lastWeekdays, nth };
}

function withHint(problem: FieldProblem, forms: string): FieldProblem {
  return { ok: false, message: `${problem.message}, and ${forms}` };
}

/** The matching days of a month: bit d − 1 stands for day d. */
export function matchingDays(rule: DayRule, year: number, month: number): number {
  const length = daysInMonth(year, month);
  const firstWeekday = weekdayOf(daysFromCivil(year, month, 1));
  const all = length === 31 ? 0x7fff_ffff : (1 << length) - 1;
  if (!rule.hasDayOfMonth && !rule.hasWeekday) return all;
  const byDay = rule.hasDayOfMonth ? daysOfMonth(rule, length, firstWeekday) & all : 0;
  const byWeekday = rule.hasWeekday ? daysOfWeek(rule, length, firstWeekday) : 0;
  if (rule.hasDayOfMonth && rule.hasWeekday)
    return rule.dayMatch === "or" ? byDay | byWeekday : byDay & byWeekday;
  return rule.hasDayOfMonth ? byDay : byWeekday;
}

function daysOfMonth(rule: DayRule, length: number, firstWeekday: number): number {
  let found = rule.days;
  for (let n = 0; rule.beforeLast >>> n !== 0; n++) {
    if (((rule.beforeLast >>> n) & 1) === 1 && length - n >= 1) found |= 1 << (length - n - 1);
  }
  for (let day = 1; rule.nearest >>> (day - 1) !== 0 && day <= length; day++) {
    if (((rule.nearest >>> (day - 1)) & 1) === 1)
      found |= 1 << (nearestWorkday(day, length, firstWeekday) - 1);
  }
  if (rule.isLastWorkday) found |= 1 << (nearestWorkday(length, length, firstWeekday) - 1);
  return found;
}

/** Saturday goes back to Friday and Sunday on to Monday, but never into another month (as Quartz has it). */
function nearestWorkday(day: number, length: number, firstWeekday: number): number {
  const weekday = (firstWeekday + day - 1) % 7;
  if (weekday === 6) return day === 1 ? 3 : day - 1;
  if (weekday === 0) return day === length ? day - 2 : day + 1;
  return day;
}

function daysOfWeek(rule: DayRule, length: number, firstWeekday: number): number {
  let found = 0;
  for (let day = 1; day <= length; day++) {
    const bit = 1 << ((firstWeekday + day - 1) % 7);
    const nth = rule.nth[Math.floor((day - 1) / 7)] ?? 0;
    const isLast = day + 7 > length;
    if (((rule.weekdays | nth | (isLast ? rule.lastWeekdays : 0)) & bit) !== 0) found |= 1 << (day - 1);
  }
  return found;
}
