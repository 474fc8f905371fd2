// What a value means for the kind of its field: a word, a number, a duration, a time, or JSON.

import { closest } from "../closest.ts";
import { parseDurationMs } from "../duration.ts";
import { readTime } from "../trigger/instant-text.ts";
import type { Written, WrittenTime } from "./expression.ts";
import type { FilterProblem, Piece } from "./scanner.ts";
import type { Field } from "./vocabulary.ts";

/** The values a piece may stand for (usually one), or what is wrong with it. */
export type ReadValues = readonly Written[] | FilterProblem;

export function isProblem(read: object): read is FilterProblem {
  return "message" in read;
}

export function readValue(field: Field, piece: Piece): ReadValues {
  switch (field.kind) {
    case "word":
      return readWord(field, piece);
    case "text":
    case "id":
      return [piece.text];
    case "number":
      return readNumber(field, piece);
    case "duration":
      return readDuration(field, piece);
    case "time":
      return readTimes(field, piece);
    case "json":
      return readJson(piece);
  }
}

function readWord({ name, words }: Field, piece: Piece): ReadValues {
  if (words === undefined || words.includes(piece.text)) return [piece.text];
  const known = words.find((word) => word === piece.text.toLowerCase().replaceAll(/[ -]/g, "_"));
  if (known !== undefined) return [known];
  const meant = closest(piece.text, words);
  const hint = meant === undefined ? `; known are ${words.join(", ")}` : `; did you mean ${meant}?`;
  return wrong(piece, `${show(piece)} is no ${name}${hint}`);
}

const plainNumber = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?$/;

function readNumber({ name }: Field, piece: Piece): ReadValues {
  if (plainNumber.test(piece.text)) return [Number(piece.text)];
  return wrong(piece, `${name} is a number, got ${show(piece)}`);
}

function readDuration({ name }: Field, piece: Piece): ReadValues {
  const read = parseDurationMs(piece.text);
  if (read.ok) return [{ kind: "duration", ms: read.ms }];
  return wrong(piece, `${name} is a duration such as 90s or 1h30m, got ${show(piece)}`);
}

const dayWords: Readonly<Record<string, number>> = { yesterday: -1, today: 0, tomorrow: 1 };

function readTimes({ name }: Field, piece: Piece): ReadValues {
  const time = readOneTime(piece.text);
  if (time !== undefined) return [time];
  const meant = closest(piece.text, ["now", ...Object.keys(dayWords)]);
  const hint =
    meant === undefined
      ? `; write an instant (2026-12-01T09:00:00Z), a date (2026-12-01), today, yesterday, now or -1h`
      : `; did you mean ${meant}?`;
  return wrong(piece, `${name} is a time, got ${show(piece)}${hint}`);
}

/** `-1h`, `+2d`, `now`, `now-1h`, `today`, a date, a local time, an instant. */
function readOneTime(text: string): WrittenTime | undefined {
  const days = dayWords[text.toLowerCase()];
  if (days !== undefined) return { kind: "day", days };
  const relative = /^(?:now)?([+-])(.+)$/i.exec(text);
  if (relative !== null) {
    const read = parseDurationMs(relative[2]);
    if (read.ok) return { kind: "from-now", ms: relative[1] === "-" ? 0 - read.ms : read.ms };
  }
  if (text.toLowerCase() === "now") return { kind: "from-now", ms: 0 };
  const time = readTime(text);
  if (time === undefined) return undefined;
  if (time.kind === "instant") return time;
  return { kind: time.isDate ? "date" : "local", localMs: time.localMs };
}

/**
 * A number, `true`, `false` or `null` without quotes is that JSON value, and the text that is spelt so: who writes
 * `params.order:10045` need not know which of the two the caller sent.
 */
function readJson({ text, isQuoted }: Piece): ReadValues {
  if (isQuoted) return [text];
  if (text === "true" || text === "false") return [text === "true", text];
  if (text === "null") return [null, text];
  return plainNumber.test(text) && String(Number(text)) === text ? [Number(text), text] : [text];
}

function wrong({ text, at, isQuoted }: Piece, message: string): FilterProblem {
  return { at, length: text.length + (isQuoted ? 2 : 0), message };
}

function show({ text }: Piece): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
