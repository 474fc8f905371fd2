// Log lines for a person at a terminal: time, level, message, then the data.

import { styleText } from "node:util";
import type { DestinationStream } from "pino";
import { messageFor, type LogLanguage } from "./messages.ts";

export interface PrettyOptions {
  readonly hasColor: boolean;
  readonly language: LogLanguage;
}

/** Lines of a stack, its causes included, that a person at a terminal is shown; JSON lines have them all. */
const stackLines = 20;

type Style = Parameters<typeof styleText>[0];

const levelStyles: Readonly<Record<string, Style>> = {
  debug: "dim",
  info: "green",
  warn: "yellow",
  error: "red",
  fatal: "red",
};

/** A destination for JSON lines that hands them on as pretty ones. */
export function prettyLines(target: DestinationStream, options: PrettyOptions): DestinationStream {
  return { write: (line) => target.write(`${prettyLine(line, options)}\n`) };
}

function prettyLine(line: string, { hasColor, language }: PrettyOptions): string {
  const paint = (style: Style, text: string): string =>
    hasColor ? styleText(style, text, { validateStream: false }) : text;
  // Written by pino a moment ago: always an object.
  const { level, time, message, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const { event: _event, error, ...data } = fields;
  const levelText = asText(level);
  const parts = [
    paint("dim", asText(time).slice(11, 19)),
    paint(levelStyles[levelText] ?? "reset", levelText.padEnd(5)),
    messageFor(language, asText(message), fields),
    ...Object.entries(data).map(([name, value]) => `${paint("dim", `${name}=`)}${asText(value)}`),
  ];
  return error === undefined ? parts.join(" ") : `${parts.join(" ")} ${paint("red", errorText(error))}`;
}

function errorText(error: unknown): string {
  if (typeof error !== "object" || error === null) return asText(error);
  const { stack, message } = error as { readonly stack?: unknown; readonly message?: unknown }; // any shape: both may be absent
  if (typeof stack !== "string") return asText(message);
  const lines = stack.split("\n");
  const more = lines.length > stackLines ? [`… ${lines.length - stackLines} more lines`] : [];
  return [...lines.slice(0, stackLines), ...more].map((line) => `\n  ${asText(line)}`).join("");
}

/** Text stays in one line and moves no cursor: data must not be able to forge a line of its own. */
function asText(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value) ?? "";
  return value.replaceAll(
    /\p{Cc}/gu,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
