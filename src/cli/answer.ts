// Shows the answer of any operation to a person: lists as tables, single things by their fields.

import { isWords, type Words } from "./language.ts";
import { headingOf } from "./headings.ts";
import { columnsOf, fieldTable, itemTable, type TableStyle } from "./table.ts";
import { isRecord, valueAt, valueText } from "./value-text.ts";

const phrases = {
  done: { en: "done", zh: "完成" },
  none: { en: "none", zh: "没有" },
  noneSoFar: { en: "none so far", zh: "目前没有" },
  more: { en: "more with", zh: "更多：" },
} as const satisfies Record<string, Words>;

/** @param columns - dotted paths that the catalogue names for the operation; without them what there is */
export function answerText(
  answer: unknown,
  columns: readonly string[] | undefined,
  style: TableStyle,
): string {
  if (answer === null || answer === undefined) return `${phrases.done[style.language]}\n`;
  if (Array.isArray(answer)) return listText(answer, columns, style);
  if (!isRecord(answer)) return `${valueText(answer, style.language)}\n`;
  if (hasItems(answer)) {
    const { items, nextCursor } = answer;
    // A page may end before anything was found.
    const none = typeof nextCursor === "string" ? phrases.noneSoFar : phrases.none;
    const list =
      items.length === 0 ? `${style.colors.dim(none[style.language])}\n` : listText(items, columns, style);
    return list + nextPageText(nextCursor, style);
  }
  return recordText(answer, columns ?? [], style);
}

function hasItems(
  answer: Readonly<Record<string, unknown>>,
): answer is Readonly<Record<string, unknown>> & { readonly items: readonly unknown[] } {
  return Array.isArray(answer["items"]);
}

function listText(
  items: readonly unknown[],
  columns: readonly string[] | undefined,
  style: TableStyle,
): string {
  if (items.length === 0) return `${style.colors.dim(phrases.none[style.language])}\n`;
  return itemTable(items, columns ?? columnsOf(items), style);
}

function nextPageText(cursor: unknown, { language, colors }: TableStyle): string {
  return typeof cursor === "string" ? colors.dim(`${phrases.more[language]} --cursor ${cursor}\n`) : "";
}

/** What it is first, then its short fields, then all that needs lines of its own under its own name. */
function recordText(
  record: Readonly<Record<string, unknown>>,
  columns: readonly string[],
  style: TableStyle,
): string {
  const fields = Object.entries({ ...pick(record, ["id", "name", "status"]), ...record }).filter(
    ([, value]) => !isEmpty(value),
  );
  const short = fields.filter(([, value]) => !isLong(value));
  const parts = short.length === 0 ? [] : [fieldTable(short, style)];
  for (const [name, value] of fields.filter(([, inner]) => isLong(inner))) {
    const text = Array.isArray(value)
      ? listOfThings(value, columns, style)
      : indent(isRecord(value) ? recordText(value, columns, style) : "");
    parts.push(`${style.colors.bold(headingOf(name, style.language))}\n${text}`);
  }
  return parts.join("\n");
}

function listOfThings(items: readonly unknown[], columns: readonly string[], style: TableStyle): string {
  const shown = columns.filter((column) => items.some((item) => valueAt(item, column) !== undefined));
  const isPlain = items.every((item) => isWords(item) || !isRecord(item));
  const table = isPlain
    ? items.map((item) => `${valueText(item, style.language)}\n`).join("")
    : itemTable(items, shown.length > 0 ? shown : columnsOf(items), style);
  return indent(table);
}

function indent(text: string): string {
  return text.replaceAll(/^(?=.)/gm, "  ");
}

function pick(record: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, record[name]]));
}

/** Lists of things, and records in which there are some, or sentences. */
function isLong(value: unknown): boolean {
  if (isListOfThings(value)) return true;
  if (!isRecord(value) || isWords(value)) return false;
  return Object.values(value).some((inner) => isListOfThings(inner) || isWords(inner));
}

/** Instants and sentences are read one below the other; tags and names in one line. */
function isListOfThings(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  return value.some((item) => isRecord(item) || (typeof item === "string" && /^\d{4}-\d\d-\d\dT/.test(item)));
}

function isEmpty(value: unknown): boolean {
  return (
    value === undefined || value === null || (typeof value === "object" && Object.keys(value).length === 0)
  );
}
