// Collects what is wrong with an untrusted input while it is read, field by field.

import { closest } from "../closest.ts";
import type { Issue } from "../errors.ts";

/** More issues than this help nobody. */
const issueLimit = 50;
const fieldLimit = 50;

/** One object of the input being read: its own fields, and where in the whole it stands. */
export interface Reading {
  readonly path: string;
  readonly fields: ReadonlyMap<string, unknown>;
}

/** The issues of one check. Only an object's own fields are ever looked at. */
export class Findings {
  readonly #issues: Issue[] = [];

  get issues(): readonly Issue[] {
    return this.#issues;
  }

  add(path: string, code: string, message: string): undefined {
    if (this.#issues.length < issueLimit) this.#issues.push({ path, code, message });
    return undefined;
  }

  /** The fields of a plain object; undefined, and an issue, when the value is something else. */
  object(value: unknown, path: string): Reading | undefined {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return this.add(path, "WRONG_TYPE", `expected an object, got ${describeValue(value)}`);
    }
    const names = Object.keys(value);
    if (names.length > fieldLimit) return this.add(path, "TOO_MANY", `an object with ${names.length} fields`);
    return { path, fields: new Map(Object.entries(value)) };
  }

  /** Reports fields that are not among `known`, with what was probably meant. */
  unknownFields({ path, fields }: Reading, known: readonly string[]): void {
    for (const name of fields.keys()) {
      if (known.includes(name)) continue;
      const meant = closest(name, known);
      const hint = meant === undefined ? `; known here: ${known.join(", ")}` : `; did you mean ${meant}?`;
      this.add(
        join(path, shorten(name)),
        "UNKNOWN_FIELD",
        `unknown field ${JSON.stringify(shorten(name))}${hint}`,
      );
    }
  }

  /** A text field; undefined when it is absent, or, with an issue, when it is no text. */
  text(reading: Reading, name: string, isRequired = false): string | undefined {
    const value = reading.fields.get(name);
    if (typeof value === "string") return value;
    const path = join(reading.path, name);
    if (value !== undefined)
      return this.add(path, "WRONG_TYPE", `expected a text, got ${describeValue(value)}`);
    return isRequired ? this.add(path, "REQUIRED", `${name} is missing`) : undefined;
  }

  /** A text field that holds one of some words. */
  word<T extends string>(reading: Reading, name: string, words: readonly T[]): T | undefined {
    const text = this.text(reading, name);
    if (text === undefined) return undefined;
    const word = words.find((known) => known === text);
    if (word !== undefined) return word;
    const meant = closest(text, words);
    const hint = meant === undefined ? "" : `; did you mean "${meant}"?`;
    return this.add(
      join(reading.path, name),
      "INVALID_VALUE",
      `expected ${words.map((w) => `"${w}"`).join(", ")}, got ${describeValue(text)}${hint}`,
    );
  }

  /** A list of at least one and at most `limit` items; undefined when absent or, with an issue, when it is none. */
  list(reading: Reading, name: string, limit: number): readonly unknown[] | undefined {
    const value = reading.fields.get(name);
    if (value === undefined) return undefined;
    const path = join(reading.path, name);
    if (!isList(value)) return this.add(path, "WRONG_TYPE", `expected a list, got ${describeValue(value)}`);
    if (value.length === 0) return this.add(path, "REQUIRED", `${name} is empty`);
    if (value.length > limit)
      return this.add(path, "TOO_MANY", `${name} has ${value.length} entries, at most ${limit} are accepted`);
    return value;
  }
}

/** `Array.isArray`, without its `any`. */
export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

export function join(path: string, name: string | number): string {
  return path === "" ? String(name) : `${path}.${name}`;
}

/** A value as it may be shown in a message: short, and never more than its kind for objects. */
export function describeValue(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(shorten(value));
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  return typeof value === "function" ? "a function" : String(value);
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
