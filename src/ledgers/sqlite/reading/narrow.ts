// What of a condition an index can use: the values a field must have, and the bounds it must lie in.

import type { Condition, Scalar, Test } from "../../../domain/filter/expression.ts";

/** The tests that every match must pass. */
export function mustPass(condition: Condition): readonly Test<Scalar>[] {
  switch (condition.kind) {
    case "every":
      return condition.parts.flatMap(mustPass);
    case "some":
    case "not":
      return [];
    case "one-of":
    case "compare":
    case "contains":
    case "present":
      return [condition];
  }
}

/** The values one of which `field` must have; undefined when nothing is said about it. */
export function valuesOf(tests: readonly Test<Scalar>[], field: string): readonly Scalar[] | undefined {
  for (const test of tests) if (test.kind === "one-of" && test.field === field) return test.values;
  return undefined;
}

export interface Bounds {
  /** The first that may match. */
  readonly fromMs: number;
  /** The first that is too late. */
  readonly untilMs: number;
}

/** Between which whole numbers `field` must lie. */
export function boundsOf(tests: readonly Test<Scalar>[], field: string): Bounds {
  let [fromMs, untilMs] = [-Infinity, Infinity];
  for (const test of tests) {
    if (test.kind !== "compare" || test.field !== field || typeof test.value !== "number") continue;
    const { order, value } = test;
    if (order === ">") fromMs = Math.max(fromMs, Math.floor(value) + 1);
    else if (order === ">=") fromMs = Math.max(fromMs, Math.ceil(value));
    else if (order === "<") untilMs = Math.min(untilMs, Math.ceil(value));
    else untilMs = Math.min(untilMs, Math.floor(value) + 1);
  }
  return { fromMs, untilMs };
}
