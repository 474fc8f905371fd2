// Reads a JSON body strictly: what could be read in two ways, or not held exactly, is refused with its place.

import { RotaError, validationFailed, type Issue } from "../domain/errors.ts";
import { maxJsonDepth } from "../domain/json.ts";

/** The body's own objects lie around the params, which may nest as deep as any JSON value. */
const deepestBody = maxJsonDepth + 4;

/**
 * Bytes to a value.
 *
 * @throws VALIDATION_FAILED: invalid UTF-8, broken JSON, nesting beyond 68 levels, a key twice in an object, the key
 *   `__proto__`, an integer that a JavaScript number cannot hold exactly, a number beyond all numbers
 */
export function readStrictJson(bytes: Uint8Array): unknown {
  const text = decode(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const why = error instanceof SyntaxError ? error.message.slice(0, 120) : "unreadable";
    throw new RotaError("VALIDATION_FAILED", `the body is not JSON: ${why}`, {
      details: { issues: [{ path: "", code: "BROKEN_JSON", message: why }] },
    });
  }
  const issue = inspect(text);
  if (issue !== undefined) throw validationFailed([issue]);
  return value;
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw validationFailed([{ path: "", code: "INVALID_UTF8", message: "the body is not valid UTF-8" }]);
  }
}

/** One object or list that is open at the present place. */
interface Frame {
  /** Keys so far; absent for a list. */
  readonly keys: Set<string> | undefined;
  /** The key or index that the present value stands under. */
  at: string | number;
}

/** Walks the tokens of a text that is known to be JSON; finds what `JSON.parse` hides. */
function inspect(text: string): Issue | undefined {
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
      if (frames.length > deepestBody)
        return issueAt([], "TOO_DEEP", `nests deeper than ${deepestBody} levels`);
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
  if (!Number.isFinite(value)) return "is larger than any number that can be held";
  const isInteger = /^-?\d+$/.test(text);
  if (isInteger && text.length > 15 && BigInt(text) !== BigInt(value)) {
    return "is an integer that cannot be held exactly; send it as a text";
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
