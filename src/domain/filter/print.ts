// Writes a filter as text, so that reading it gives the same filter again.

import { formatDuration } from "../duration.ts";
import type { Filter, PathStep, Test, Written } from "./expression.ts";

/** The canonical text of a filter: two texts that mean the same tree print alike. */
export function printFilter(filter: Filter): string {
  switch (filter.kind) {
    case "every":
      return filter.parts
        .map((part) => (part.kind === "some" ? bracketed(part) : printFilter(part)))
        .join(" ");
    case "some":
      return filter.parts.map(printFilter).join(" or ");
    case "not":
      return `-${filter.part.kind === "every" || filter.part.kind === "some" ? bracketed(filter.part) : printFilter(filter.part)}`;
    case "one-of":
    case "compare":
    case "contains":
    case "present":
      return printTest(filter);
  }
}

/** A text as a value: in quotes unless it can only be read as that text. */
export function printText(text: string): string {
  const isPlain = /^\p{L}[\p{L}\p{N}_-]{0,200}$/u.test(text) && !/^(?:true|false|null)$/.test(text);
  return isPlain ? text : `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
}

function bracketed(filter: Filter): string {
  return `(${printFilter(filter)})`;
}

function printTest(test: Test<Written>): string {
  const place = test.field + test.path.map(printStep).join("");
  switch (test.kind) {
    case "present":
      return `${place}:*`;
    case "contains":
      return `${place}~${printText(test.text)}`;
    case "compare":
      return `${place}${test.order}${printValue(test.value)}`;
    case "one-of": {
      const values = test.values.map(printValue);
      return values.length === 1 ? `${place}=${values.join("")}` : `${place}=(${values.join(", ")})`;
    }
  }
}

function printStep(step: PathStep): string {
  if (typeof step === "number") return `[${step}]`;
  return /^[\p{L}\p{N}_$-]+$/u.test(step) ? `.${step}` : `."${step}"`;
}

function printValue(value: Written): string {
  if (typeof value === "string") return printText(value);
  if (typeof value !== "object" || value === null) return String(value);
  switch (value.kind) {
    case "duration":
      return formatDuration(value.ms);
    case "instant":
      return isoOf(value.ms).concat("Z");
    case "from-now":
      return value.ms < 0 ? `-${formatDuration(-value.ms)}` : `+${formatDuration(value.ms)}`;
    case "day":
      return ["yesterday", "today", "tomorrow"][value.days + 1] ?? "today";
    case "date":
      return isoOf(value.localMs).slice(0, 10);
    case "local":
      return isoOf(value.localMs);
  }
}

/** Without the letter of its zone. */
function isoOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, -1);
}
