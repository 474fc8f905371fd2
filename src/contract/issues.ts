// From what zod found wrong to issues as Rota words them: path, stable code, a sentence, and what was probably meant.

import type { z } from "zod";
import { closest } from "../domain/closest.ts";
import type { Issue } from "../domain/errors.ts";
import { fieldsAt } from "./schema-walk.ts";

/** More issues than this help nobody. */
const issueLimit = 50;

type ZodIssue = z.core.$ZodIssue;

interface Place {
  readonly schema: z.core.$ZodType;
  readonly input: unknown;
}

/** Words everything that is wrong with `input`; at most 50 issues. */
export function issuesOf(error: { readonly issues: readonly ZodIssue[] }, place: Place): readonly Issue[] {
  return error.issues.flatMap((issue) => word(issue, [], place)).slice(0, issueLimit);
}

function word(issue: ZodIssue, base: readonly PropertyKey[], place: Place): readonly Issue[] {
  const path = [...base, ...issue.path];
  const at = path.map(String).join(".");
  const value = valueAt(place.input, path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.slice(0, issueLimit).map((key) => unknownField(key, path, place));
    case "invalid_union":
      return wordUnion(issue, path, place);
    case "invalid_type":
      if (value === undefined) return [{ path: at, code: "REQUIRED", message: "is missing" }];
      return [
        {
          path: at,
          code: "WRONG_TYPE",
          message: `expected ${typeWord(issue.expected)}, got ${describe(value)}`,
        },
      ];
    case "invalid_value":
      return [{ path: at, code: "INVALID_VALUE", message: notAmong(issue.values, value) }];
    case "too_big":
    case "too_small":
      return [{ path: at, code: "OUT_OF_RANGE", message: range(issue) }];
    case "custom":
      return [{ path: at, code: value === undefined ? "REQUIRED" : "INVALID_VALUE", message: issue.message }];
    case "invalid_format":
    case "not_multiple_of":
    case "invalid_key":
    case "invalid_element":
      return [{ path: at, code: "INVALID_VALUE", message: issue.message }];
  }
}

/** Of a union that has no words of its own, the alternative that got furthest speaks. */
function wordUnion(
  issue: Extract<ZodIssue, { code: "invalid_union" }>,
  path: readonly PropertyKey[],
  place: Place,
): readonly Issue[] {
  const own: Issue = { path: path.map(String).join("."), code: "INVALID_VALUE", message: issue.message };
  if (valueAt(place.input, path) === undefined) return [{ ...own, code: "REQUIRED", message: "is missing" }];
  if (issue.message !== "Invalid input") return [own];
  const branches = [...issue.errors].filter(([first]) => first !== undefined);
  const [best] = branches.sort((a, b) => rank(b) - rank(a));
  return best === undefined ? [own] : best.flatMap((inner) => word(inner, path, place));
}

/** An alternative that complains about the type of the whole value was not the one that was meant. */
function rank(branch: readonly ZodIssue[]): number {
  return branch.some((issue) => issue.path.length === 0 && issue.code === "invalid_type") ? 0 : 1;
}

function unknownField(name: string, path: readonly PropertyKey[], { schema }: Place): Issue {
  const known = fieldsAt(schema, path);
  const meant = closest(name, known);
  const hint =
    meant === undefined
      ? known.length === 0
        ? ""
        : `; known here: ${known.join(", ")}`
      : `; did you mean ${meant}?`;
  const shown = shorten(name);
  const at = [...path.map(String), shown].join(".");
  return { path: at, code: "UNKNOWN_FIELD", message: `unknown field ${JSON.stringify(shown)}${hint}` };
}

function notAmong(values: readonly unknown[], value: unknown): string {
  const known = values.map(String);
  const meant = typeof value === "string" ? closest(value, known) : undefined;
  const hint = meant === undefined ? "" : `; did you mean "${meant}"?`;
  return `expected ${known.map((word) => JSON.stringify(word)).join(", ")}, got ${describe(value)}${hint}`;
}

function range(issue: Extract<ZodIssue, { code: "too_big" | "too_small" }>): string {
  const unit = issue.origin === "string" ? " characters" : issue.origin === "array" ? " items" : "";
  if (issue.code === "too_big") return `at most ${issue.maximum}${unit}`;
  return issue.origin === "string" && issue.minimum === 1
    ? "must not be empty"
    : `at least ${issue.minimum}${unit}`;
}

function typeWord(expected: string): string {
  const words: Record<string, string> = {
    int: "an integer",
    array: "a list",
    object: "an object",
    record: "an object",
    string: "a text",
  };
  return words[expected] ?? `a ${expected}`;
}

/** A value as a message may show it: short, and never more than its kind for objects. */
function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(shorten(value));
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  return typeof value === "function" || typeof value === "symbol" ? `a ${typeof value}` : String(value);
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Readonly<Record<PropertyKey, unknown>>)[step]; // an object that has it
  }
  return value;
}
