// Entry of the thread in which JSONata works: one question after the other.

import { parentPort } from "node:worker_threads";
import jsonata, { type Expression } from "jsonata";
import type { Json, JsonObject } from "../../domain/json.ts";
import type { Evaluated } from "../../ports/expressions.ts";
import type { Answer, Question } from "./messages.ts";

const port = parentPort;
if (port === null) throw new Error("this module is the entry of a thread");
const say = (answer: Answer): void => port.postMessage(answer);

/** Texts come again with every run of their workflow. */
const parsed = new Map<string, Expression>();
const parsedLimit = 1000;

/** What is larger would have to be read by the process that asks, and be kept. */
const longestValue = 1_048_576;
const tooLong = `its value is longer than ${longestValue} characters of JSON`;

function parse(text: string): Expression {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  if (parsed.size >= parsedLimit) parsed.clear();
  const made = jsonata(text);
  parsed.set(text, made);
  return made;
}

function problemOf(error: unknown): string {
  if (typeof error !== "object" || error === null || !("message" in error)) return String(error);
  const position = "position" in error ? ` (at character ${String(error.position)})` : "";
  return `${String(error.message)}${position}`;
}

function check(text: string): string | null {
  try {
    parse(text);
    return null;
  } catch (error) {
    return problemOf(error);
  }
}

async function evaluate(text: string, scope: JsonObject): Promise<Evaluated> {
  try {
    const value: unknown = await parse(text).evaluate(scope);
    // JSONata's lists have fields of their own, and it knows functions and undefined: only JSON leaves the thread.
    const json: string | undefined = JSON.stringify(value ?? null);
    if (json !== undefined && json.length > longestValue) return { ok: false, message: tooLong };
    return { ok: true, value: JSON.parse(json ?? "null") as Json }; // what JSON.stringify wrote
  } catch (error) {
    return { ok: false, message: problemOf(error) };
  }
}

port.on("message", (question: Question) => {
  if (question.kind === "check") return say({ kind: "checked", problems: question.texts.map(check) });
  void Promise.all(question.texts.map((text) => evaluate(text, question.scope))).then((values) =>
    say({ kind: "evaluated", values }),
  );
});
