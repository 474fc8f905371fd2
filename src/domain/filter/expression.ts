// What a filter says, as a tree: tests of fields, joined by and, or and not.

/** A value as things have it. */
export type Scalar = string | number | boolean | null;

/** A step into JSON: a name, or the place in a list. */
export type PathStep = string | number;

/** A time as it was written; what it means follows from when and where it is asked (`resolve.ts`). */
export type WrittenTime =
  | { readonly kind: "instant"; readonly ms: number }
  /** Milliseconds before (negative) or after the moment of asking. */
  | { readonly kind: "from-now"; readonly ms: number }
  /** A whole day, counted from today: 0, −1 yesterday, 1 tomorrow. */
  | { readonly kind: "day"; readonly days: number }
  /** A whole day of the calendar, as the local milliseconds of its midnight. */
  | { readonly kind: "date"; readonly localMs: number }
  | { readonly kind: "local"; readonly localMs: number };

/** A value as it was written. */
export type Written = Scalar | WrittenTime | { readonly kind: "duration"; readonly ms: number };

export type Order = "<" | "<=" | ">" | ">=";

/** Which value of a thing a test looks at; a path leads into the JSON of the field. */
export interface Place {
  readonly field: string;
  readonly path: readonly PathStep[];
}

/** A thing without any value in that place passes none of these. Of several values (tags, a list) one is enough. */
export type Test<Value> = Place &
  (
    | { readonly kind: "one-of"; readonly values: readonly Value[] }
    | { readonly kind: "compare"; readonly order: Order; readonly value: Value }
    /** The text occurs in it; letters of the Latin alphabet in either case. */
    | { readonly kind: "contains"; readonly text: string }
    | { readonly kind: "present" }
  );

export type Expression<Value> =
  /** All of them; of none at all: everything passes. */
  | { readonly kind: "every"; readonly parts: readonly Expression<Value>[] }
  /** At least one of them; of none at all: nothing passes. */
  | { readonly kind: "some"; readonly parts: readonly Expression<Value>[] }
  | { readonly kind: "not"; readonly part: Expression<Value> }
  | Test<Value>;

/** As a person wrote it. */
export type Filter = Expression<Written>;
/** With all that depends on the moment taken out: ids are keys, times are milliseconds. */
export type Condition = Expression<Scalar>;

/** Joins with "and". Flat, so that there is one tree for one meaning: no list of one, none inside another. */
export function every<Value>(parts: readonly Expression<Value>[]): Expression<Value> {
  return join("every", parts);
}

/** Joins with "or"; flat as {@link every}. */
export function some<Value>(parts: readonly Expression<Value>[]): Expression<Value> {
  return join("some", parts);
}

export function not<Value>(part: Expression<Value>): Expression<Value> {
  return part.kind === "not" ? part.part : { kind: "not", part };
}

export function oneOf<Value>(field: string, values: readonly Value[]): Expression<Value> {
  return { kind: "one-of", field, path: [], values };
}

/** Passes everything. */
export const everything: Expression<never> = { kind: "every", parts: [] };

export function isEverything(expression: Expression<unknown>): boolean {
  return expression.kind === "every" && expression.parts.length === 0;
}

function join<Value>(kind: "every" | "some", parts: readonly Expression<Value>[]): Expression<Value> {
  const flat = parts.flatMap((part) => (part.kind === kind ? part.parts : [part]));
  const [only] = flat;
  return flat.length === 1 && only !== undefined ? only : { kind, parts: flat };
}
