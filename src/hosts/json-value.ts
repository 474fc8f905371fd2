// What code hands out, as plain JSON within its limit, or refused by name.

import { RotaError } from "../domain/errors.ts";
import { isDeeperThan, maxJsonDepth, type Json } from "../domain/json.ts";

/**
 * The JSON a value stands for; a value that is plain already is returned as it is, not copied.
 *
 * As `JSON.stringify` has it: `undefined` is null (or an absent field), dates become text, NaN becomes null. What that
 * would lose in silence is refused: functions, symbols, big integers, maps, sets and promises, wherever they are.
 *
 * @param maxBytes - most bytes of its JSON text
 * @throws RESULT_NOT_SERIALIZABLE when it has no JSON form
 * @throws RESULT_TOO_LARGE when it has more bytes than that; found out without building the text of a huge value
 */
export function toJson(value: unknown, maxBytes: number): Json {
  if (value === undefined || value === null) return null;
  if (typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  return isSmallAndPlain(value, maxBytes) ? value : exactJson(value, maxBytes);
}

/** Says no in case of doubt; getters of user code may throw. */
function isSmallAndPlain(value: unknown, maxBytes: number): value is Json {
  try {
    const bytes = mostBytes(value, maxBytes, 0);
    return bytes >= 0 && bytes <= maxBytes;
  } catch {
    return false;
  }
}

/**
 * An upper bound of the bytes of a plain value, or -1 when it is not plain or not surely small enough. Every character
 * is counted as six bytes, the longest escape, so that nothing has to be encoded to know that it fits.
 */
function mostBytes(value: unknown, budget: number, depth: number): number {
  if (typeof value === "string") return value.length * 6 + 2;
  if (typeof value === "number") return Number.isFinite(value) ? 25 : -1;
  if (typeof value === "boolean" || value === null) return 5;
  return typeof value === "object" ? mostBytesOfObject(value, budget, depth) : -1;
}

function mostBytesOfObject(value: object, budget: number, depth: number): number {
  if (depth >= maxJsonDepth) return -1;
  const prototype: unknown = Object.getPrototypeOf(value);
  let bytes = 2;
  if (Array.isArray(value) && prototype === Array.prototype) {
    for (let i = 0; i < value.length; i++) {
      const part = mostBytes(value[i], budget, depth + 1);
      if (part < 0) return -1;
      bytes += part + 1;
      if (bytes > budget) return -1;
    }
    return bytes;
  }
  if (prototype !== Object.prototype && prototype !== null) return -1;
  for (const key of Object.keys(value)) {
    const part = mostBytes((value as Record<string, unknown>)[key], budget, depth + 1); // any object may be read by key
    if (part < 0) return -1;
    bytes += key.length * 6 + part + 4;
    if (bytes > budget) return -1;
  }
  return bytes;
}

function exactJson(value: unknown, maxBytes: number): Json {
  const text = stringify(value, maxBytes);
  if (Buffer.byteLength(text) > maxBytes) throw tooLarge(maxBytes);
  const copy = JSON.parse(text) as Json; // what stringify wrote
  if (isDeeperThan(copy)) throw notSerializable(`it nests deeper than ${maxJsonDepth} levels`);
  return copy;
}

function stringify(value: unknown, maxBytes: number): string {
  let seen = 0;
  const look = (key: string, part: unknown): unknown => {
    // A lower bound of the text so far: a huge value is refused before its text exists.
    seen += key.length + (typeof part === "string" ? part.length + 2 : 1);
    if (seen > maxBytes + key.length) throw tooLarge(maxBytes);
    return refuseLoss(key, part);
  };
  try {
    // Undefined, whatever the types say, when a toJSON() returns nothing.
    return JSON.stringify(value, look) ?? "null";
  } catch (error) {
    if (RotaError.isInstance(error)) throw error;
    throw notSerializable(
      error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : "it cannot be read",
      error,
    );
  }
}

function refuseLoss(key: string, part: unknown): unknown {
  const where = key === "" ? "it" : `"${key.slice(0, 100)}"`;
  if (typeof part === "function" || typeof part === "symbol" || typeof part === "bigint") {
    throw notSerializable(`${where} is a ${typeof part}`);
  }
  if (part instanceof Map || part instanceof Set || part instanceof Promise) {
    throw notSerializable(`${where} is a ${part.constructor.name}`);
  }
  return part instanceof Error ? { name: part.name, message: part.message } : part;
}

function notSerializable(reason: string, cause?: unknown): RotaError {
  return new RotaError("RESULT_NOT_SERIALIZABLE", `the value cannot be written as JSON: ${reason}`, {
    cause,
  });
}

function tooLarge(maxBytes: number): RotaError {
  return new RotaError("RESULT_TOO_LARGE", `the value is larger than ${maxBytes} bytes of JSON`, {
    details: { maxBytes },
  });
}
