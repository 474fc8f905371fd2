// Takes out of a filter what depends on when, where and in which ledger it is asked: a condition is left.

import { notFound } from "../errors.ts";
import type { IdPrefix, Key } from "../ids.ts";
import { dayMs } from "../trigger/civil.ts";
import { instantsOfLocal, localOfInstant } from "../trigger/local-time.ts";
import type { Zone } from "../trigger/zone.ts";
import {
  every,
  not,
  some,
  type Condition,
  type Filter,
  type Order,
  type Place,
  type Scalar,
  type Test,
  type Written,
} from "./expression.ts";
import { fieldOf, type Vocabulary } from "./vocabulary.ts";

export interface Circumstances {
  readonly vocabulary: Vocabulary;
  readonly nowMs: number;
  /** Where days begin and local times are read. */
  readonly zone: Zone;
  /** The key of an id; undefined when it can be none of this ledger. */
  readonly keyOf: (prefix: IdPrefix, id: string) => Key | undefined;
}

/** @throws NOT_FOUND for an id that can name nothing here */
export function resolveFilter(filter: Filter, circumstances: Circumstances): Condition {
  switch (filter.kind) {
    case "every":
      return every(filter.parts.map((part) => resolveFilter(part, circumstances)));
    case "some":
      return some(filter.parts.map((part) => resolveFilter(part, circumstances)));
    case "not":
      return not(resolveFilter(filter.part, circumstances));
    case "one-of":
    case "compare":
      return resolveTest(filter, circumstances);
    case "contains":
    case "present":
      return filter;
  }
}

/** Whether pages of a list must all be asked with the time of the first one. */
export function isRelative(filter: Filter): boolean {
  switch (filter.kind) {
    case "every":
    case "some":
      return filter.parts.some(isRelative);
    case "not":
      return isRelative(filter.part);
    case "one-of":
      return filter.values.some(dependsOnNow);
    case "compare":
      return dependsOnNow(filter.value);
    case "contains":
    case "present":
      return false;
  }
}

function dependsOnNow(value: Written): boolean {
  return typeof value === "object" && value !== null && (value.kind === "from-now" || value.kind === "day");
}

type ValueTest = Extract<Test<Written>, { readonly kind: "one-of" | "compare" }>;

function resolveTest(test: ValueTest, circumstances: Circumstances): Condition {
  const { field, path } = test;
  const place: Place = { field, path };
  const { prefix } = fieldOf(circumstances.vocabulary, field) ?? {};
  const read = (value: Written) => resolveValue(value, prefix, circumstances);
  if (test.kind === "compare") return compareWith(place, test.order, read(test.value));
  const values = test.values.map(read);
  const scalars = values.filter((value): value is Scalar => !isSpan(value));
  const spans = values.filter(isSpan).map((span): Condition =>
    every<Scalar>([
      { kind: "compare", ...place, order: ">=", value: span.fromMs },
      { kind: "compare", ...place, order: "<", value: span.untilMs },
    ]),
  );
  const exact: readonly Condition[] =
    scalars.length === 0 ? [] : [{ kind: "one-of", ...place, values: scalars }];
  return some([...exact, ...spans]);
}

/** A day is everything from its beginning to the next one's. */
interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

function isSpan(value: Scalar | Span): value is Span {
  return typeof value === "object" && value !== null;
}

/** After a day is after all of it, up to a day is up to its end. */
function compareWith(place: Place, order: Order, value: Scalar | Span): Condition {
  if (!isSpan(value)) return { kind: "compare", ...place, order, value };
  const { fromMs, untilMs } = value;
  switch (order) {
    case ">":
      return { kind: "compare", ...place, order: ">=", value: untilMs };
    case ">=":
      return { kind: "compare", ...place, order: ">=", value: fromMs };
    case "<":
      return { kind: "compare", ...place, order: "<", value: fromMs };
    case "<=":
      return { kind: "compare", ...place, order: "<", value: untilMs };
  }
}

function resolveValue(
  value: Written,
  prefix: IdPrefix | undefined,
  { nowMs, zone, keyOf }: Circumstances,
): Scalar | Span {
  if (typeof value === "string" && prefix !== undefined) {
    const key = keyOf(prefix, value);
    if (key === undefined) throw notFound(prefix, value);
    return key;
  }
  if (typeof value !== "object" || value === null) return value;
  switch (value.kind) {
    case "duration":
    case "instant":
      return value.ms;
    case "from-now":
      return nowMs + value.ms;
    case "local":
      return instantOf(zone, value.localMs);
    case "date":
      return dayFrom(zone, value.localMs);
    case "day": {
      const localMs = localOfInstant(zone, nowMs);
      return dayFrom(zone, (Math.floor(localMs / dayMs) + value.days) * dayMs);
    }
  }
}

function dayFrom(zone: Zone, midnightMs: number): Span {
  return { fromMs: instantOf(zone, midnightMs), untilMs: instantOf(zone, midnightMs + dayMs) };
}

/** The first instant that reads so; where the clocks leave it out, the next that there is. */
function instantOf(zone: Zone, localMs: number): number {
  const [first] = instantsOfLocal(zone, localMs, { gap: "next-valid", overlap: "first" });
  return first ?? localMs - zone.offsetAt(localMs);
}
