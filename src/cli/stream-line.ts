// One item of a stream as a line for a person: when, what, about what.

import type { Language } from "./language.ts";
import type { Colors } from "./terminal.ts";
import { isRecord, valueText } from "./value-text.ts";

export interface LineStyle {
  readonly language: Language;
  readonly colors: Colors;
}

const kindColors: Readonly<Record<string, "red" | "yellow" | "green">> = {
  error: "red",
  warn: "yellow",
  reset: "yellow",
  "run.failed": "red",
  "run.timed-out": "red",
  "run.completed": "green",
};

export function streamLine(item: unknown, style: LineStyle): string {
  if (!isRecord(item)) return valueText(item, style.language);
  const { type } = item;
  if (type === "log")
    return line(item["at"], String(item["level"]), [item["message"], item["fields"]], style);
  if (type === "output") return line(undefined, "output", [item["chunk"]], style);
  if (type === "progress") return line(undefined, "progress", [item["progress"]], style);
  if (type === "reset") return line(item["at"], "reset", [item["reason"], item["state"]], style);
  if (type === "end") return endLine(item["run"], style);
  return line(item["at"], String(type), [item["runId"] ?? item["taskId"], item["data"]], style);
}

function endLine(run: unknown, style: LineStyle): string {
  if (!isRecord(run)) return "";
  const error = isRecord(run["error"]) ? run["error"]["message"] : undefined;
  return line(run["finishedAt"], "end", [run["id"], run["status"], error], style);
}

function line(at: unknown, kind: string, rest: readonly unknown[], { language, colors }: LineStyle): string {
  const paint = kindColors[kind];
  const name = kind.padEnd(14);
  const words = rest.filter((part) => part !== undefined).map((part) => valueText(part, language));
  return [
    ...(at === undefined ? [] : [colors.dim(valueText(at, language))]),
    paint === undefined ? name : colors[paint](name),
    ...words,
  ].join("  ");
}
