// What can be asked about one kind of thing: its fields, how they are spelt, and what their values are.

import { closest } from "../closest.ts";
import type { IdPrefix } from "../ids.ts";

/**
 * `word` exact texts, as `status` · `text` for people, found by a part of it · `number` · `duration` · `time` ·
 * `id` of something of Rota · `json` any value inside a document, at a path.
 */
export type FieldKind = "word" | "text" | "number" | "duration" | "time" | "id" | "json";

export interface Field {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly kind: FieldKind;
  /** All the words it can have, where they are a closed set. */
  readonly words?: readonly string[];
  /** Of an id: of what. */
  readonly prefix?: IdPrefix;
  /** What it is, in both languages, for documentation. */
  readonly about: { readonly en: string; readonly zh: string };
}

export interface Vocabulary {
  /** The plural of the things, as `runs`. */
  readonly things: string;
  readonly fields: readonly Field[];
  /** The field which a text without a field is looked for in. */
  readonly text: string;
}

/** The field of that name or alias, in any case. */
export function fieldOf(vocabulary: Vocabulary, name: string): Field | undefined {
  const wanted = name.toLowerCase();
  return vocabulary.fields.find((field) => spellings(field).some((word) => word.toLowerCase() === wanted));
}

/** What was probably meant by a name that is none. */
export function nearestField(vocabulary: Vocabulary, name: string): string | undefined {
  return closest(name, vocabulary.fields.flatMap(spellings));
}

function spellings({ name, aliases = [] }: Field): readonly string[] {
  return [name, ...aliases];
}
