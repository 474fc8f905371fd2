// Finds in a JSON text what JSON.parse hides: what can be read in two ways, or is not held exactly by what it reads.

import type { Issue } from "./errors.ts";

/**
 * Walks the tokens of a text that is known to be JSON; the first problem, with its place. Linear in its length.
 *
 * Codes: DUPLICATE_KEY for a key twice in an object, NOT_ALLOWED for the key `__proto__`, INEXACT_NUMBER for an integer that
 * a JavaScript number cannot hold exactly and for a number beyond all numbers, TOO_DEEP for more than `deepest` levels.
 */
export function inexactIn(text: string, deepest = Infinity): Issue | undefined {
  const frames: Frame[] = [];
  let isKeyNext = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    const frame = frames.at(-1);
    if (char === '"') {
      const end = endOfString(text, i);
      if (isKeyNext && frame?.keys !== undefined) {
        const problem = takeKey(frame, text.slice(i, end + 1), frames);
        if (problem !== undefined) return problem;
        isKeyNext = false;
      }
      i = end;
    } else if (char === "{" || char === "[") {
      frames.push({ keys: char === "{" ? new Set() : undefined, at: 0 });
      isKeyNext = char === "{";
      if (frames.length > deepest) return issueAt([], "TOO_DEEP", `nests deeper than ${deepest} levels`);
    } else if (char === "}" || char === "]") {
      frames.pop();
      isKeyNext = false;
    } else if (char === "," && frame !== undefined) {
      if (frame.keys !== undefined) isKeyNext = true;
      else frame.at = Number(frame.at) + 1;
    } else if (char === "-" || (char !== undefined && char >= "0" && char <= "9")) {
      const end = endOfNumber(text, i);
      const problem = numberProblem(text.slice(i, end));
      if (problem !== undefined) return issueAt(frames, "INEXACT_NUMBER", problem);
      i = end - 1;
    }
  }
  return undefined;
}

/** A problem in one line: its place, if it has one, and what is wrong. */
export function describeInexact({ path, message }: Issue): string {
  return path === "" ? message : `${path}: ${message}`;
}

/** One object or list that is open at the present place. */
interface Frame {
  /** Keys so far; absent for a list. */
  readonly keys: Set<string> | undefined;
  /** The key or index that the present value stands under. */
  at: string | number;
}

function takeKey(frame: Frame, quoted: string, frames: readonly Frame[]): Issue | undefined {
  const key = String(JSON.parse(quoted));
  frame.at = key;
  if (key === "__proto__") return issueAt(frames, "NOT_ALLOWED", "the key __proto__ is not accepted");
  if (frame.keys?.has(key)) return issueAt(frames, "DUPLICATE_KEY", "the key appears twice in its object");
  frame.keys?.add(key);
  return undefined;
}

function numberProblem(text: string): string | undefined {
  const value = Number(text);
  if (!Number.isFinite(value)) return "the number is larger than any that can be held";
  const isInteger = /^-?\d+$/.test(text);
  if (isInteger && text.length > 15 && BigInt(text) !== BigInt(value)) {
    return "the integer cannot be held exactly; send it as a text";
  }
  return undefined;
}

function endOfString(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text[i] === '"') return i;
  }
  return text.length;
}

function endOfNumber(text: string, start: number): number {
  let end = start + 1;
  while (end < text.length && /[\d.eE+-]/.test(text[end] ?? "")) end++;
  return end;
}

function issueAt(frames: readonly Frame[], code: string, message: string): Issue {
  const path = frames.map(({ at }) => String(at).slice(0, 40)).join(".");
  return { path: path.slice(0, 200), code, message };
}
