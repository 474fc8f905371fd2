// Reads what was typed for a field: a word, a number, JSON, or a file that holds JSON.

import { RotaError } from "../domain/errors.ts";
import type { Field, Shape } from "./field.ts";

/** Reads the text of a file, or of standard input for `-`. */
export type ReadText = (path: string) => string;

/**
 * The value of a field from the texts given for it (an option can be repeated).
 *
 * Only what the command line itself must decide is refused here: whether a value fits is the operation's to say.
 *
 * @throws VALIDATION_FAILED when JSON was meant and cannot be read
 */
export function readField(field: Field, texts: readonly string[], read: ReadText): unknown {
  const [first = ""] = texts;
  if (!isList(field)) return readOne(field, first, read);
  if (texts.length === 1 && /^[[@]/.test(first)) return readJson(field, first, read);
  if (texts.length === 1 && first === "null" && field.shapes.has("null")) return null;
  // A comma separates words of a fixed set; in free text it may be part of the text.
  const items =
    field.choices.length > 0 ? texts.flatMap((text) => text.split(",").map((item) => item.trim())) : texts;
  return items.map((item) => readOne({ ...field, shapes: field.itemShapes }, item, read));
}

export function isList(field: Field): boolean {
  return field.shapes.has("list");
}

export function isFlagOnly(field: Field): boolean {
  return (
    field.shapes.has("boolean") && [...field.shapes].every((shape) => shape === "boolean" || shape === "null")
  );
}

function readOne(field: Field, text: string, read: ReadText): unknown {
  const has = (...shapes: Shape[]): boolean => shapes.some((shape) => field.shapes.has(shape));
  if (has("null") && text === "null") return null;
  if (has("number") && isNumber(text)) return Number(text);
  if (has("boolean") && (text === "true" || text === "false")) return text === "true";
  if (has("object", "any") && /^\s*[[{@]/.test(text)) return readJson(field, text.trim(), read);
  if (has("any")) return jsonOrText(text);
  if (!has("text") && has("object")) return readJson(field, text, read);
  return text;
}

/** `42`, `true` and `"x"` are JSON; `yes` is a word. */
function jsonOrText(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return text;
  }
}

function readJson(field: Field, text: string, read: ReadText): unknown {
  const path = text.startsWith("@") ? text.slice(1) : undefined;
  const source = path === undefined ? text : readSource(field, path, read);
  try {
    const value: unknown = JSON.parse(source);
    return value;
  } catch (error) {
    const where = path === undefined ? "" : ` in ${path}`;
    const why = error instanceof Error ? error.message : String(error);
    throw refusal(field, `expected JSON${where}, or @ and the path of a file that holds it: ${why}`);
  }
}

function readSource(field: Field, path: string, read: ReadText): string {
  try {
    return read(path);
  } catch (error) {
    throw refusal(field, `cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function isNumber(text: string): boolean {
  return (
    text.trim() !== "" && Number.isFinite(Number(text)) && /^[+-]?[\d.]+(?:e[+-]?\d+)?$/i.test(text.trim())
  );
}

function refusal(field: Field, message: string): RotaError {
  return new RotaError("VALIDATION_FAILED", `${field.flag}: ${message}`, {
    details: { issues: [{ path: field.name, code: "invalid", message }] },
  });
}
