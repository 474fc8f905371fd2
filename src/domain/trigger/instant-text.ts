// Instants, local times and times of day as text: ISO 8601 in, ISO 8601 with the zone's offset out.

import { civilFromDays, dayMs, daysFromCivil, daysInMonth, earliestMs, latestMs } from "./civil.ts";
import type { Zone } from "./zone.ts";

/** What a text says: an instant, or a reading of the wall clock (a date alone is its midnight). */
export type TimeText =
  | { readonly kind: "instant"; readonly ms: number }
  | { readonly kind: "local"; readonly localMs: number; readonly isDate: boolean };

const timePattern =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s?(Z|z|[+-]\d\d(?::?\d\d)?)?)?$/;

/** Reads an ISO 8601 date, local time or instant; undefined when it is none or names no real day. */
export function readTime(text: string): TimeText | undefined {
  const match = text.length > 40 ? null : timePattern.exec(text.trim());
  if (match === null) return undefined;
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "0", offset] = match;
  const [y, mo, d, h, mi, s] = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]; // six in, six out
  if (y < 1 || mo < 1 || mo > 12 || d < 1 || d > daysInMonth(y, mo) || h > 23 || mi > 59 || s > 59)
    return undefined;
  const ms = Math.floor(Number(`0.${fraction}`) * 1000);
  const localMs = daysFromCivil(y, mo, d) * dayMs + ((h * 60 + mi) * 60 + s) * 1000 + ms;
  if (offset === undefined) return { kind: "local", localMs, isDate: match[4] === undefined };
  const instantMs = localMs - offsetMs(offset);
  return instantMs < earliestMs || instantMs > latestMs ? undefined : { kind: "instant", ms: instantMs };
}

function offsetMs(text: string): number {
  if (text.toUpperCase() === "Z") return 0;
  const digits = text.slice(1).replace(":", "").padEnd(4, "0");
  const ms = (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))) * 60_000;
  return text.startsWith("-") ? -ms : ms;
}

/**
 * Reads a local time of day as milliseconds after midnight; undefined when it is none.
 *
 * @param isEnd - accept `24:00`, the end of the day
 */
export function readTimeOfDay(text: string, isEnd = false): number | undefined {
  const match = text.length > 8 ? null : /^(\d{1,2}):(\d\d)(?::(\d\d))?$/.exec(text);
  if (match === null) return undefined;
  const [hour, minute, second] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
  if (minute > 59 || second > 59) return undefined;
  const ms = ((hour * 60 + minute) * 60 + second) * 1000;
  return hour < 24 || (isEnd && ms === dayMs) ? ms : undefined;
}

/** Milliseconds after midnight as `08:00`, with seconds where there are any. */
export function formatTimeOfDay(ms: number): string {
  const seconds = Math.floor(ms / 1000) % 60;
  const text = `${two(Math.floor(ms / 3_600_000))}:${two(Math.floor(ms / 60_000) % 60)}`;
  return seconds === 0 ? text : `${text}:${two(seconds)}`;
}

/** A local reading as `2027-03-28 02:30`, with seconds where there are any. */
export function formatLocal(localMs: number): string {
  const day = Math.floor(localMs / dayMs);
  return `${formatDate(day)} ${formatTimeOfDay(localMs - day * dayMs)}`;
}

/** A day counted from 1970-01-01 as `2027-03-28`. */
function formatDate(day: number): string {
  const { year, month, day: date } = civilFromDays(day);
  return `${String(year).padStart(4, "0")}-${two(month)}-${two(date)}`;
}

/** ISO 8601 with the offset the zone has at that instant, `Z` for UTC itself; milliseconds only where there are any. */
export function formatInstant(ms: number, zone: Zone): string {
  const offset = zone.offsetAt(ms);
  const localMs = ms + offset;
  const day = Math.floor(localMs / dayMs);
  const seconds = Math.floor((localMs - day * dayMs) / 1000);
  const time = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  const rest = localMs - day * dayMs - seconds * 1000;
  const fraction = rest === 0 ? "" : `.${String(rest).padStart(3, "0")}`;
  return `${formatDate(day)}T${time}${fraction}${zone.isUtc ? "Z" : formatOffset(offset)}`;
}

const upTo99: readonly string[] = Array.from({ length: 100 }, (_, value) => String(value).padStart(2, "0"));

/**
 * ISO 8601 in UTC with milliseconds, as `Date.prototype.toISOString` writes it for the years from 1 to 9999.
 *
 * Written out because an instant is the commonest thing in a list: five for each run, where `toISOString` took a quarter
 * of the time of listing 100,000 of them.
 */
export function formatUtc(ms: number): string {
  const days = Math.floor(ms / dayMs);
  const { year, month, day } = civilFromDays(days);
  const rest = Math.floor(ms - days * dayMs);
  const seconds = Math.floor(rest / 1000);
  const minutes = Math.floor(seconds / 60);
  const thousandths = rest - seconds * 1000;
  const date = `${pair(Math.floor(year / 100))}${pair(year % 100)}-${pair(month)}-${pair(day)}`;
  const time = `${pair(Math.floor(minutes / 60))}:${pair(minutes % 60)}:${pair(seconds % 60)}`;
  return `${date}T${time}.${Math.floor(thousandths / 100)}${pair(thousandths % 100)}Z`;
}

function pair(value: number): string {
  return upTo99[value] ?? String(value);
}

function formatOffset(offset: number): string {
  // ISO 8601 has no seconds in offsets; only local mean times before about 1930 have any.
  const minutes = Math.floor(Math.abs(offset) / 60_000);
  return `${offset < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
