// Templates: JSON in which strings of the form {% … %} stand for the values of expressions.

import type { Json } from "../json.ts";
import type { Expression, Template } from "./definition.ts";

const form = /^\s*\{%([\s\S]*)%\}\s*$/;

/** The expression that a string of a template stands for, or undefined for a plain string. */
function expressionIn(text: string): string | undefined {
  return form.exec(text)?.[1]?.trim();
}

/** An expression where one is expected: `{% … %}` around it may be left away. */
export function expressionText(text: string): string {
  return expressionIn(text) ?? text.trim();
}

/** Name of the function in code that a value of a template stands for. */
function functionIn(value: Json): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const [first, ...more] = Object.entries(value);
  return first?.[0] === "$function" && typeof first[1] === "string" && more.length === 0
    ? first[1]
    : undefined;
}

/** Every expression of a template with its place, in order. */
export function expressionsOf(template: Template, path = ""): readonly PlacedExpression[] {
  if (typeof template === "string") {
    const text = expressionIn(template);
    return text === undefined ? [] : [{ path, expression: text }];
  }
  if (typeof template !== "object" || template === null) return [];
  const name = functionIn(template);
  if (name !== undefined) return [{ path, expression: { $function: name } }];
  return Object.entries(template).flatMap(([key, value]) =>
    expressionsOf(value, path === "" ? key : `${path}.${key}`),
  );
}

export interface PlacedExpression {
  readonly path: string;
  readonly expression: Expression;
}

/** The template with the values of its expressions in place; they come in the order of {@link expressionsOf}. */
export function fill(template: Template, values: readonly Json[]): Json {
  let next = 0;
  const walk = (value: Json): Json => {
    if (typeof value === "string")
      return expressionIn(value) === undefined ? value : (values[next++] ?? null);
    if (typeof value !== "object" || value === null) return value;
    if (functionIn(value) !== undefined) return values[next++] ?? null;
    if (Array.isArray(value)) return value.map(walk);
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item)]));
  };
  return walk(template);
}
