// Tables without borders: aligned columns which people can read and `cut` and `awk` can split.

import CliTable from "cli-table3";
import { headingOf } from "./headings.ts";
import type { Language } from "./language.ts";
import type { Colors } from "./terminal.ts";
import { isRecord, valueAt, valueText } from "./value-text.ts";

export interface TableStyle {
  readonly language: Language;
  readonly colors: Colors;
  /** Characters in a line; undefined cuts nothing. */
  readonly columns: number | undefined;
}

const gap = "  ";
const lineNames =
  "top top-mid top-left top-right bottom bottom-mid bottom-left bottom-right left left-mid mid mid-mid right right-mid";
const noLines = Object.fromEntries(lineNames.split(" ").map((name) => [name, ""]));
/** No cell takes more than this share of the line, so that one long message leaves the others readable. */
const widestShare = { item: 0.5, field: 0.75 };

/** What one copies into the next command is never cut. */
const idPattern = /^[a-z]+_[0-9a-z]{26}$/;

const statusColors: Readonly<Record<string, "green" | "red" | "yellow" | "cyan" | "dim">> = {
  active: "green",
  completed: "green",
  live: "green",
  running: "cyan",
  failed: "red",
  timed_out: "red",
  gone: "red",
  paused: "yellow",
  retrying: "yellow",
  waiting: "yellow",
  cancelling: "yellow",
  draining: "yellow",
  cancelled: "dim",
  skipped: "dim",
};

/** Items as rows under headings; `columns` are dotted paths. */
export function itemTable(items: readonly unknown[], columns: readonly string[], style: TableStyle): string {
  const heads = columns.map((column) => style.colors.bold(headingOf(column, style.language)));
  const rows = items.map((item) =>
    columns.map((column) => cell(valueAt(item, column), column, { ...style, share: widestShare.item })),
  );
  return draw([heads, ...rows]);
}

/** The fields of one thing, one a line. */
export function fieldTable(fields: readonly (readonly [string, unknown])[], style: TableStyle): string {
  return draw(
    fields.map(([name, value]) => [
      style.colors.dim(headingOf(name, style.language)),
      cell(value, name, { ...style, share: widestShare.field }),
    ]),
  );
}

/** The columns when nobody has named any: the first fields of the items, as many as a line holds. */
export function columnsOf(items: readonly unknown[]): readonly string[] {
  const names = new Set(items.flatMap((item) => (isRecord(item) ? Object.keys(item) : [])));
  return [...names].slice(0, 7);
}

function cell(value: unknown, column: string, style: TableStyle & { readonly share: number }): string {
  const { language, colors, columns, share } = style;
  const text = valueText(value, language);
  const paint = column.split(".").at(-1) === "status" ? statusColors[text] : undefined;
  if (paint !== undefined) return colors[paint](text);
  if (idPattern.test(text)) return text;
  const widest = columns === undefined ? Infinity : Math.max(20, Math.floor(columns * share));
  return text.length > widest ? `${text.slice(0, widest - 1)}…` : text;
}

function draw(rows: readonly (readonly string[])[]): string {
  const table = new CliTable({
    chars: { ...noLines, middle: gap },
    // Colours are ours: the library would paint headings whether or not anybody can see them.
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split("\n")
    .map((line) => `${line.trimEnd()}\n`)
    .join("");
}
