// Reads a JSON body strictly: what could be read in two ways, or not held exactly, is refused with its place.

import { RotaError, validationFailed } from "../domain/errors.ts";
import { inexactIn } from "../domain/inexact-json.ts";
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
  const issue = inexactIn(text, deepestBody);
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
