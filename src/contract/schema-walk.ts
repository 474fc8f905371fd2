// Looks inside schemas: which fields are known at a place, and what a text there stands for.

import type { z } from "zod";

type Schema = z.core.$ZodType;
type Definition = z.core.$ZodTypes["_zod"]["def"];

/** What a schema says beneath its wrappers: all its alternatives, as they are written by a caller. */
function alternatives(schema: Schema): readonly Definition[] {
  const { def } = (schema as z.core.$ZodTypes)._zod; // every schema is one of the known kinds
  if (def.type === "pipe") return alternatives(def.in);
  if (def.type === "union") return def.options.flatMap((option) => alternatives(option));
  // Optional, nullable, default and their like have what they wrap in one place.
  return "innerType" in def ? alternatives(def.innerType) : [def];
}

/** The names of the fields that are accepted at that path. */
export function fieldsAt(schema: Schema, path: readonly PropertyKey[]): readonly string[] {
  let places: readonly Definition[] = alternatives(schema);
  for (const step of path) places = places.flatMap((place) => inside(place, step));
  return [...new Set(places.flatMap((place) => (place.type === "object" ? Object.keys(place.shape) : [])))];
}

function inside(place: Definition, step: PropertyKey): readonly Definition[] {
  if (place.type === "array") return alternatives(place.element);
  if (place.type !== "object" || typeof step !== "string" || !Object.hasOwn(place.shape, step)) return [];
  const field = place.shape[step];
  return field === undefined ? [] : alternatives(field);
}

/**
 * Reads what was written as text (a query parameter, a command-line option) the way the field's schema means it:
 * numbers and switches from their spelling, lists from commas, objects from JSON. A text that is none of these is
 * handed on as it is, so that the schema can say what is wrong with it.
 */
export function readText(schema: Schema, texts: readonly string[]): unknown {
  const places = alternatives(schema);
  const kinds = places.map((place) => place.type);
  const [first = ""] = texts;
  if (kinds.includes("array")) {
    const items = places.flatMap((place) => (place.type === "array" ? alternatives(place.element) : [place]));
    return texts.flatMap((text) =>
      readList(
        text,
        items.map((place) => place.type),
      ),
    );
  }
  if (texts.length > 1) return texts;
  if (isNumber(first, kinds)) return Number(first);
  if (kinds.includes("boolean") && (first === "true" || first === "false")) return first === "true";
  if (kinds.some((kind) => open.includes(kind)) || (kinds.includes("object") && /^\s*[[{]/.test(first)))
    return readJson(first);
  return first;
}

const open: readonly string[] = ["unknown", "custom", "record"];

/** A duration takes text and number; a bare number in text lacks its unit and must stay a text to be refused. */
function isNumber(text: string, kinds: readonly string[]): boolean {
  const isMeant = kinds.includes("number") && !kinds.includes("string");
  return isMeant && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text);
}

function readList(text: string, kinds: readonly string[]): readonly unknown[] {
  const whole = /^\s*\[/.test(text) ? readJson(text) : undefined;
  if (Array.isArray(whole)) return whole;
  // A list of objects can only be written as JSON; commas there belong to it.
  if (kinds.includes("object")) return [readJson(text)];
  return text.split(",").map((item) => (isNumber(item, kinds) ? Number(item) : item));
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
