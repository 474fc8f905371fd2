// One value of an answer as a person reads it in a cell of a table.

import { isWords, type Language } from "./language.ts";
import { printable } from "./printable.ts";

const instantPattern = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const yesAndNo = { en: ["yes", "no"], zh: ["是", "否"] } as const;

/** Instants lose their fraction, sentences are in one language, small objects are `name=value`. */
export function valueText(value: unknown, language: Language): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return printable(value.replace(instantPattern, "$1 $2$3"));
  if (typeof value === "boolean") return yesAndNo[language][value ? 0 : 1];
  if (typeof value !== "object") return JSON.stringify(value) ?? "";
  if (isWords(value)) return printable(value[language]);
  if (Array.isArray(value)) return value.map((item) => valueText(item, language)).join(", ");
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  if (entries.some(([, inner]) => typeof inner === "object" && inner !== null && !isWords(inner))) {
    return printable(JSON.stringify(value));
  }
  return entries.map(([name, inner]) => `${printable(name)}=${valueText(inner, language)}`).join(" ");
}

/** The value at a dotted path, or undefined. */
export function valueAt(item: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (value, name) => (isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined),
      item,
    );
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
