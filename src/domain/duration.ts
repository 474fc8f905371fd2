// Durations: "90s", "1h30m", "PT30M" or milliseconds; days, weeks and months as calendar units where a trigger counts them.

/** The units a calendar counts; a year is 12 `mo`. */
export type CalendarUnit = "d" | "w" | "mo";

/** Elapsed time, or a number of calendar units whose length the wall clock decides (SEM 37). */
export type Duration =
  | { readonly kind: "elapsed"; readonly ms: number }
  | { readonly kind: "calendar"; readonly unit: CalendarUnit; readonly count: number };

/** What could not be read as a duration, in words that name what is accepted. */
export interface DurationProblem {
  readonly ok: false;
  readonly message: string;
}

export type ParsedDuration = { readonly ok: true; readonly duration: Duration } | DurationProblem;
export type ParsedMilliseconds = { readonly ok: true; readonly ms: number } | DurationProblem;

/** Longest duration accepted, about 285 years: sums with any instant stay exact. */
export const longestDurationMs = 9_000_000_000_000;

const dayMs = 86_400_000;

interface Unit {
  readonly unit: "ms" | "s" | "m" | "h" | CalendarUnit;
  readonly factor: number;
}

const msPerUnit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: dayMs, w: 7 * dayMs } as const;

const unitWords: ReadonlyMap<string, Unit> = new Map(
  (
    [
      ["ms", 1, "ms millisecond milliseconds"],
      ["s", 1, "s sec secs second seconds"],
      ["m", 1, "m min mins minute minutes"],
      ["h", 1, "h hr hrs hour hours"],
      ["d", 1, "d day days"],
      ["w", 1, "w week weeks"],
      ["mo", 1, "mo month months"],
      ["mo", 12, "y year years"],
    ] as const
  ).flatMap(([unit, factor, words]) =>
    words.split(" ").map((word): [string, Unit] => [word, { unit, factor }]),
  ),
);

const accepted = 'write for example "90s", "30m", "1h30m", "PT30M", or milliseconds as a number';

/**
 * Reads a duration in which days, weeks, months and years are calendar units.
 *
 * A number is milliseconds. Calendar units are whole and stand alone: "1d12h" is refused, since nobody can say whether
 * its day has 24 hours. Never throws; linear in the length of the text.
 */
export function parseDuration(input: unknown): ParsedDuration {
  if (typeof input === "number") return elapsed(input);
  const parts = readParts(input);
  if (!Array.isArray(parts)) return parts;
  const calendar = parts.filter(({ unit }) => unit === "d" || unit === "w" || unit === "mo");
  if (calendar.length === 0) return elapsed(sumMs(parts));
  const [first] = parts;
  if (parts.length > 1 || first === undefined)
    return problem(`${quote(input)} mixes calendar units with others; use one unit`);
  const { unit, count } = first;
  if (unit !== "d" && unit !== "w" && unit !== "mo") return problem(accepted);
  if (!Number.isInteger(count))
    return problem(`${quote(input)}: days, weeks and months are counted in whole numbers`);
  if (count > 36_500) return problem(`${quote(input)} is longer than 36,500 ${unit}`);
  return { ok: true, duration: { kind: "calendar", unit, count } };
}

/** Reads a plain duration as milliseconds; a day is 24 hours, a week 168, and months are refused. */
export function parseDurationMs(input: unknown): ParsedMilliseconds {
  const parts = typeof input === "number" ? [{ unit: "ms" as const, count: input }] : readParts(input);
  if (!Array.isArray(parts)) return parts;
  if (parts.some(({ unit }) => unit === "mo")) {
    return problem(`${quote(input)}: months and years have no fixed length here; use days`);
  }
  const read = elapsed(sumMs(parts));
  return read.ok && read.duration.kind === "elapsed" ? { ok: true, ms: read.duration.ms } : problem(accepted);
}

/** The shortest text that reads back as the same duration, for example `1h30m` or `2w`. */
export function formatDuration(duration: Duration | number): string {
  if (typeof duration !== "number") {
    return duration.kind === "calendar" ? `${duration.count}${duration.unit}` : formatDuration(duration.ms);
  }
  if (duration === 0) return "0s";
  let rest = duration;
  let text = "";
  for (const unit of ["h", "m", "s", "ms"] as const) {
    const count = Math.floor(rest / msPerUnit[unit]);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * msPerUnit[unit];
  }
  return text;
}

interface Part {
  readonly unit: Unit["unit"];
  readonly count: number;
}

function readParts(input: unknown): Part[] | DurationProblem {
  if (typeof input !== "string") return problem(`expected a duration, got ${quote(input)}; ${accepted}`);
  const text = input.trim();
  if (text === "" || text.length > 64) return problem(`expected a duration; ${accepted}`);
  return /^P/i.test(text) ? readIso(text) : readWords(text);
}

function readWords(text: string): Part[] | DurationProblem {
  const parts: Part[] = [];
  const pattern = /\s*(\d{1,15}(?:\.\d{1,9})?)\s*([A-Za-z]{1,12})\s*/y;
  while (pattern.lastIndex < text.length) {
    const match = pattern.exec(text);
    if (match === null) {
      return problem(
        /^\d+$/.test(text)
          ? `${quote(text)} lacks a unit; ${accepted}`
          : `cannot read ${quote(text)}; ${accepted}`,
      );
    }
    const unit = unitWords.get((match[2] ?? "").toLowerCase());
    if (unit === undefined)
      return problem(`${quote(match[2])} is not a unit of time; use ms, s, m, h, d, w or mo`);
    if (parts.some((part) => part.unit === unit.unit)) return problem(`${quote(text)} names a unit twice`);
    parts.push({ unit: unit.unit, count: Number(match[1]) * unit.factor });
  }
  return parts;
}

/** ISO 8601: `PnYnMnWnDTnHnMnS`. */
function readIso(text: string): Part[] | DurationProblem {
  const n = "(\\d{1,15}(?:[.,]\\d{1,9})?)";
  const pattern = new RegExp(
    `^P(?:${n}Y)?(?:${n}M)?(?:${n}W)?(?:${n}D)?(?:T(?:${n}H)?(?:${n}M)?(?:${n}S)?)?$`,
    "i",
  );
  const match = pattern.exec(text);
  const parts: Part[] = [];
  const order = ["mo", "mo", "w", "d", "h", "m", "s"] as const;
  for (const [index, unit] of order.entries()) {
    const digits = match?.[index + 1];
    if (digits !== undefined)
      parts.push({ unit, count: Number(digits.replace(",", ".")) * (index === 0 ? 12 : 1) });
  }
  return parts.length > 0 ? parts : problem(`cannot read ${quote(text)}; ${accepted}`);
}

function sumMs(parts: readonly Part[]): number {
  let ms = 0;
  for (const { unit, count } of parts) if (unit !== "mo") ms += count * msPerUnit[unit];
  return ms;
}

function elapsed(ms: number): ParsedDuration {
  if (!Number.isFinite(ms) || ms < 0) return problem(`a duration is zero or more milliseconds, got ${ms}`);
  if (ms > longestDurationMs) return problem("a duration is at most 285 years");
  return { ok: true, duration: { kind: "elapsed", ms: Math.round(ms) } };
}

function problem(message: string): DurationProblem {
  return { ok: false, message };
}

function quote(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
