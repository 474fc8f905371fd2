// Judges one thing by a condition. What a database answers for the same condition must agree with this.

import type { Json } from "../json.ts";
import type { Condition, Order, PathStep, Scalar, Test } from "./expression.ts";

/** The values a thing has in a field: none, one, or several. Of `json` the whole document, as one. */
export type ValuesOf = (field: string) => readonly Json[];

export function passes(condition: Condition, valuesOf: ValuesOf): boolean {
  switch (condition.kind) {
    case "every":
      return condition.parts.every((part) => passes(part, valuesOf));
    case "some":
      return condition.parts.some((part) => passes(part, valuesOf));
    case "not":
      return !passes(condition.part, valuesOf);
    case "one-of":
    case "compare":
    case "contains":
    case "present":
      return passesTest(condition, valuesAt(valuesOf(condition.field), condition.path));
  }
}

function passesTest(test: Test<Scalar>, values: readonly Json[]): boolean {
  switch (test.kind) {
    case "one-of":
      return values.some((value) => test.values.some((wanted) => wanted === value));
    case "compare":
      return values.some((value) => isInOrder(value, test.order, test.value));
    case "contains": {
      const part = foldCase(test.text);
      return values.some((value) => typeof value === "string" && foldCase(value).includes(part));
    }
    case "present":
      return values.some((value) => value !== null);
  }
}

/** Numbers with numbers, texts with texts; anything else is in no order. */
function isInOrder(value: Json, order: Order, limit: Scalar): boolean {
  if (typeof value === "number" && typeof limit === "number") return compare(value, order, limit);
  return typeof value === "string" && typeof limit === "string" && compare(value, order, limit);
}

function compare<T extends string | number>(value: T, order: Order, limit: T): boolean {
  switch (order) {
    case "<":
      return value < limit;
    case "<=":
      return value <= limit;
    case ">":
      return value > limit;
    case ">=":
      return value >= limit;
  }
}

/** What lies at the end of the path; a list there stands for its items. */
function valuesAt(values: readonly Json[], path: readonly PathStep[]): readonly Json[] {
  if (path.length === 0) return values;
  return values.flatMap((document) => {
    let at: Json | undefined = document;
    for (const step of path) at = at === undefined ? undefined : stepInto(at, step);
    if (at === undefined) return [];
    return isList(at) ? at : [at];
  });
}

function stepInto(value: Json, step: PathStep): Json | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (isList(value)) return typeof step === "number" ? value[step] : undefined;
  return typeof step === "string" && Object.hasOwn(value, step) ? value[step] : undefined;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** Only A to Z, as databases do it everywhere. */
function foldCase(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}
