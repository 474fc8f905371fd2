// What is found out about a workflow, for people: findings, the course of a simulation, the drawing.

import { headingOf } from "./headings.ts";
import type { Language } from "./language.ts";
import { printable } from "./printable.ts";
import { fieldTable, itemTable, type TableStyle } from "./table.ts";
import type { Colors } from "./terminal.ts";
import { isRecord, valueAt } from "./value-text.ts";

const phrases = {
  fine: { en: "can be run", zh: "可以运行" },
  bad: { en: "cannot be run", zh: "不能运行" },
  cut: { en: "cut here: more would have followed", zh: "到此截断：后面还有" },
} as const;

export function showFindings(answer: unknown, style: TableStyle): string {
  const { language, colors } = style;
  const isFine = valueAt(answer, "ok") === true;
  const verdict = isFine ? colors.green(phrases.fine[language]) : colors.red(phrases.bad[language]);
  const lists = (["issues", "warnings"] as const).flatMap((name) => {
    const items = listAt(answer, name);
    if (items.length === 0) return [];
    return [
      `\n${colors.bold(headingOf(name, language))}\n${itemTable(items, ["path", "message"], wideOf(style))}`,
    ];
  });
  const facts = (["steps", "depth"] as const).map((name) => [name, valueAt(answer, name)] as const);
  return `${verdict}\n${fieldTable(facts, style)}${lists.join("")}`;
}

/** Nothing of a message is cut: it says what to mend. */
function wideOf(style: TableStyle): TableStyle {
  return { ...style, columns: undefined };
}

export function showSimulation(answer: unknown, style: TableStyle): string {
  const { language, colors } = style;
  const rows = listAt(answer, "events").map((event) => ({
    at: seconds(valueAt(event, "atMs")),
    event: painted(String(valueAt(event, "event")), colors),
    step: stepOf(event),
    message: valueAt(event, "message"),
  }));
  const table = itemTable(rows, ["at", "event", "step", "message"], wideOf(style));
  const end = valueAt(answer, "end");
  const closing = isRecord(end)
    ? fieldTable(
        (["status", "failedStep", "compensated", "output"] as const)
          .map((name) => [name, end[name]] as const)
          .filter(([, value]) => value !== undefined && value !== null),
        style,
      )
    : colors.yellow(`${phrases.cut[language]}\n`);
  return `${table}\n${closing}`;
}

export function showDrawing(field: "mermaid" | "text") {
  return (answer: unknown, { colors }: { readonly language: Language; readonly colors: Colors }): string => {
    const lines = String(valueAt(answer, field)).split("\n").map(printable);
    // The Mermaid text goes into a file or a page as it is.
    if (field === "mermaid") return lines.join("\n");
    return lines.map((line, index) => (index === 0 ? colors.bold(line) : coloured(line, colors))).join("\n");
  };
}

const marks: readonly (readonly [RegExp, "green" | "red" | "yellow" | "cyan" | "dim"])[] = [
  [/✓/g, "green"],
  [/✗/g, "red"],
  [/×/g, "yellow"],
  [/▶/g, "cyan"],
  [/←.*$/g, "dim"],
];

function coloured(line: string, colors: Colors): string {
  return marks.reduce((text, [mark, color]) => text.replace(mark, (found) => colors[color](found)), line);
}

const eventColors: Readonly<Record<string, "green" | "red" | "yellow" | "cyan" | "dim">> = {
  started: "cyan",
  completed: "green",
  failed: "red",
  skipped: "dim",
  cancelled: "dim",
  waiting: "yellow",
};

function painted(event: string, colors: Colors): string {
  const color = eventColors[event.split(".").at(-1) ?? ""];
  return color === undefined ? event : colors[color](event);
}

function seconds(ms: unknown): string {
  return `${typeof ms === "number" ? ms / 1000 : "?"} s`;
}

function stepOf(event: unknown): string {
  const [id, index] = [valueAt(event, "stepId"), valueAt(event, "index")];
  if (typeof id !== "string") return "";
  return typeof index === "number" ? `${id}#${index}` : id;
}

function listAt(answer: unknown, name: string): readonly unknown[] {
  const list = valueAt(answer, name);
  return Array.isArray(list) ? list : [];
}
