// Secrets by reference: `{ "$secret": "NAME" }` stands for a text that is never stored (SEM 31).

import type { Issue } from "./errors.ts";
import type { Json } from "./json.ts";

/** Stands for the secret of that name, which only the worker knows. */
export interface SecretRef {
  /** A capital letter, then capital letters, digits and `_`; at most 100. */
  readonly $secret: string;
}

const field = "$secret";
const namePattern = /^[A-Z][A-Z0-9_]{0,99}$/;

export interface FoundSecret {
  /** Dotted path within the value. */
  readonly path: string;
  readonly name: string;
}

/** Every reference in a value, and what only looks like one. */
export function findSecrets(value: Json): {
  readonly found: readonly FoundSecret[];
  readonly issues: readonly Issue[];
} {
  const found: FoundSecret[] = [];
  const issues: Issue[] = [];
  const pending: (readonly [string, Json])[] = [["", value]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [path, item] = next;
    if (typeof item !== "object" || item === null) continue;
    if (Object.hasOwn(item, field)) {
      const name = nameOf(item);
      if (name === undefined) issues.push({ path, code: "INVALID_SECRET", message: shape });
      else found.push({ path, name });
    } else {
      for (const [key, child] of Object.entries(item))
        pending.push([path === "" ? key : `${path}.${key}`, child]);
    }
  }
  return { found, issues };
}

const shape =
  'a secret is { "$secret": "NAME" } and nothing beside it; its name has capital letters, digits and _';

function nameOf(item: object): string | undefined {
  const name: unknown = Reflect.get(item, field);
  const isAlone = Object.keys(item).length === 1;
  return isAlone && typeof name === "string" && namePattern.test(name) ? name : undefined;
}

/** The value with a text in the place of each reference. */
export function fillSecrets(value: Json, textOf: (name: string) => string): Json {
  if (typeof value !== "object" || value === null) return value;
  const name = Object.hasOwn(value, field) ? nameOf(value) : undefined;
  if (name !== undefined) return textOf(name);
  if (isList(value)) return value.map((item) => fillSecrets(item, textOf));
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, fillSecrets(child, textOf)]));
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** Shorter texts are no secrets, and would blot out what merely looks like them. */
const shortestRedacted = 4;

/** Takes the given texts out of whatever it is asked about: each is `[secret NAME]` from then on. */
export class Redactor {
  /** Longest first, so that a secret within another leaves nothing of it. */
  readonly #marks: readonly (readonly [text: string, mark: string])[];

  constructor(secrets: ReadonlyMap<string, string>) {
    this.#marks = [...secrets]
      .filter(([, text]) => text.length >= shortestRedacted)
      .flatMap(([name, text]): (readonly [string, string])[] =>
        [...new Set([text, encodeURIComponent(text.toWellFormed())])].map((form) => [
          form,
          `[secret ${name}]`,
        ]),
      )
      .toSorted(([a], [b]) => b.length - a.length);
  }

  text(text: string): string {
    let clean = text;
    for (const [secret, mark] of this.#marks) clean = clean.replaceAll(secret, () => mark);
    return clean;
  }

  json<T extends Json>(value: T): T {
    return this.#json(value) as T; // texts change, names of fields included, and a number that is a secret
  }

  #json(value: Json): Json {
    if (typeof value === "string") return this.text(value);
    if (typeof value === "number") return this.#marks.find(([text]) => text === String(value))?.[1] ?? value;
    if (typeof value !== "object" || value === null) return value;
    if (isList(value)) return value.map((item) => this.#json(item));
    return Object.fromEntries(
      Object.entries(value).map(([key, child]) => [this.text(key), this.#json(child)]),
    );
  }
}
