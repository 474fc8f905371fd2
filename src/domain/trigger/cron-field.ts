// One plain field of a cron expression: values, names, ranges, steps and lists.

/** What a field is called and may hold. */
export interface FieldRule {
  readonly name: string;
  readonly low: number;
  readonly high: number;
  /** Three-letter names and the values they stand for. */
  readonly names?: ReadonlyMap<string, number>;
  /** Weekdays go round: FRI-MON is a range. */
  readonly isCyclic?: boolean;
}

export type FieldResult = { readonly ok: true; readonly values: readonly number[] } | FieldProblem;

export interface FieldProblem {
  readonly ok: false;
  readonly message: string;
}

const monthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const weekdayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const longNames: readonly string[] =
  "january february march april may june july august september october november december sunday monday tuesday wednesday thursday friday saturday".split(
    " ",
  );

function namesFrom(names: readonly string[], first: number): ReadonlyMap<string, number> {
  return new Map(
    names.flatMap((name, index): [string, number][] => [
      [name, first + index],
      [longNames.find((long) => long.startsWith(name)) ?? name, first + index],
    ]),
  );
}

export const fieldRules = {
  second: { name: "second", low: 0, high: 59 },
  minute: { name: "minute", low: 0, high: 59 },
  hour: { name: "hour", low: 0, high: 23 },
  dayOfMonth: { name: "day-of-month", low: 1, high: 31 },
  month: { name: "month", low: 1, high: 12, names: namesFrom(monthNames, 1) },
  // 7 is Sunday as well as 0 (C2).
  weekday: { name: "weekday", low: 0, high: 7, names: namesFrom(weekdayNames, 0), isCyclic: true },
  year: { name: "year", low: 1970, high: 2299 },
} as const satisfies Record<string, FieldRule>;

/** The values of one item of a field's list: `*`, `5`, `MON`, `1-5`, `*` with a step, `10/5` or `1-30/2`. */
export function parseFieldItem(rule: FieldRule, item: string): FieldResult {
  const [range = "", stepText, ...more] = item.split("/");
  if (range === "" || more.length > 0) return fieldProblem(rule, item);
  const bounds = rangeOf(rule, range, stepText !== undefined);
  if (!bounds.ok) return bounds;
  const [from, to] = bounds.values as readonly [number, number]; // rangeOf gives two values
  const step = stepText === undefined ? 1 : stepOf(rule, item, stepText);
  if (typeof step !== "number") return step;
  const values: number[] = [];
  for (let value = from; value <= to; value += step) values.push(value);
  return { ok: true, values };
}

/** Refuses an item, naming the field, what stood there and what may stand there. */
export function fieldProblem(rule: FieldRule, item: string, why = ""): FieldProblem {
  const shown = item.length > 20 ? `${item.slice(0, 20)}…` : item;
  const names = rule.names === undefined ? "" : `, ${[...rule.names.keys()].slice(0, 2)[0]?.toUpperCase()}…`;
  const allowed = `${rule.low}-${rule.high}${names}, lists, ranges and steps`;
  return {
    ok: false,
    message: `the ${rule.name} field does not accept "${shown}"${why === "" ? "" : `: ${why}`}; it takes ${allowed}`,
  };
}

/** A single value of a field, or undefined. */
export function fieldValue(rule: FieldRule, text: string): number | undefined {
  const named = rule.names?.get(text.toLowerCase());
  if (named !== undefined) return named;
  if (!/^\d{1,4}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= rule.low && value <= rule.high ? value : undefined;
}

/** First and last value of a range; the last may exceed `high` in a cyclic field. */
function rangeOf(rule: FieldRule, text: string, hasStep: boolean): FieldResult {
  const full = rule.isCyclic === true ? rule.high - 1 : rule.high;
  if (text === "*") return { ok: true, values: [rule.low, full] };
  const [fromText = "", toText, ...more] = text.split("-");
  const from = fieldValue(rule, fromText);
  if (from === undefined || more.length > 0) return fieldProblem(rule, text);
  if (toText === undefined) return { ok: true, values: [from, hasStep ? full : from] };
  const to = fieldValue(rule, toText);
  if (to === undefined) return fieldProblem(rule, text);
  if (to >= from) return { ok: true, values: [from, to] };
  if (rule.isCyclic === true) return { ok: true, values: [from, to + 7] };
  const turned = `${from}-${rule.high},${rule.low}-${to}`;
  return fieldProblem(rule, text, `the range runs backwards; write ${turned} if it should go round`);
}

function stepOf(rule: FieldRule, item: string, text: string): number | FieldProblem {
  const step = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (step < 1) return fieldProblem(rule, item, "a step is a whole number from 1");
  if (step <= rule.high) return step;
  return fieldProblem(
    rule,
    item,
    `the step is larger than the field; an interval trigger can count ${step} of them`,
  );
}
