// Filters made by programs: fields and values in, the text of a filter out, with everything quoted that must be.

import { printText } from "../domain/filter/print.ts";
import type { occurrenceVocabulary, runVocabulary, taskVocabulary } from "../domain/filter/vocabularies.ts";
import type { Field } from "../domain/filter/vocabulary.ts";

interface Vocabularies {
  readonly runs: typeof runVocabulary;
  readonly tasks: typeof taskVocabulary;
  readonly occurrences: typeof occurrenceVocabulary;
}

/** What can be filtered. */
export type Filtered = keyof Vocabularies;

type Several<Value> = Value | readonly Value[];

/** Bounds; all that are given must hold. */
export interface Range<Value> {
  readonly above?: Value;
  readonly from?: Value;
  readonly upTo?: Value;
  readonly below?: Value;
}

/** An instant as ISO 8601 or `Date`, a date, or words of the language such as `-1h` and `today`. */
export type FilterTime = string | Date;
/** A duration such as `"90s"`, or milliseconds. */
export type FilterDuration = string | number;
type JsonScalar = string | number | boolean | null;

type ValueOf<Each extends Field> = Each extends { readonly words: readonly (infer Word)[] }
  ? Several<Word>
  : Each["kind"] extends "number"
    ? Several<number> | Range<number>
    : Each["kind"] extends "time"
      ? Range<FilterTime>
      : Each["kind"] extends "duration"
        ? Range<FilterDuration>
        : Each["kind"] extends "json"
          ? Readonly<Record<string, Several<JsonScalar> | Range<string | number>>>
          : Several<string>;

/** Fields by name, all of which must hold; `true` and `false` ask whether there is any value. */
export type FilterFields<Things extends Filtered> = {
  readonly [Each in Vocabularies[Things]["fields"][number] as Each["name"]]?: ValueOf<Each> | boolean;
};

/**
 * Writes a filter. Values are quoted, so that nothing in them is read as a part of the language.
 *
 * A list of values means any of them. In `params` the fields are paths, as in `{ "customer.id": "x" }`.
 *
 * @example
 * client.runs.list({
 *   filter: filterOf("runs", { status: ["failed", "timed_out"], createdAt: { above: "-1h" }, params: { city: "北京" } }),
 * });
 */
export function filterOf<Things extends Filtered>(_things: Things, fields: FilterFields<Things>): string {
  return Object.entries(fields)
    .flatMap(([field, value]) => (field === "params" ? paramsOf(value) : [testOf(field, value)]))
    .filter((test) => test !== "")
    .join(" ");
}

/** Any of the filters. */
export function anyOf(...filters: readonly string[]): string {
  return filters.map((filter) => `(${filter})`).join(" or ");
}

/** Whatever the filter does not let pass. */
export function noneOf(filter: string): string {
  return `-(${filter})`;
}

function paramsOf(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).map(([path, inner]) => testOf(`params.${path}`, inner));
}

const orders = { above: ">", from: ">=", upTo: "<=", below: "<" } as const;

function testOf(place: string, value: unknown): string {
  if (value === undefined) return "";
  if (typeof value === "boolean" && !place.startsWith("params.")) return value ? `${place}:*` : `-${place}:*`;
  if (Array.isArray(value)) return `${place}:(${value.map((item) => textOf(place, item)).join(", ")})`;
  if (typeof value !== "object" || value === null) return `${place}:${textOf(place, value)}`;
  const bounds: Readonly<Record<string, unknown>> = { ...value };
  return Object.entries(orders)
    .filter(([name]) => bounds[name] !== undefined)
    .map(([name, order]) => `${place}${order}${textOf(place, bounds[name])}`)
    .join(" ");
}

const durations: ReadonlySet<string> = new Set(["duration", "lateness"]);

function textOf(place: string, value: unknown): string {
  if (value instanceof Date) return printText(value.toISOString());
  if (typeof value === "string") return printText(value);
  return typeof value === "number" && durations.has(place) ? `${value}ms` : String(value);
}
