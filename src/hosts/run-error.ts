// Whatever was thrown, as data: bounded, and safe to make from hostile objects.

import { NonRetryableError, RetryAfterError, RotaError } from "../domain/errors.ts";
import type { JsonObject } from "../domain/json.ts";
import type { RunError } from "../domain/outcome.ts";
import { toJson } from "./json-value.ts";

/** Most bytes of a stack, and of a message. */
const maxTextBytes = 8192;
const maxDetailsBytes = 65_536;
const maxCodeLength = 100;
const maxCauses = 5;

/** The error as the ledger keeps it; never throws, whatever was thrown. */
export function runErrorOf(thrown: unknown): RunError {
  try {
    return isErrorLike(thrown) ? fromError(thrown) : fromOther(thrown);
  } catch {
    return { code: "EXECUTION_FAILED", message: "something was thrown that cannot be read", retryable: true };
  }
}

/** Milliseconds a RetryAfterError asks for, or undefined when it is none or names no usable delay. */
export function retryAfterMsOf(thrown: unknown): number | undefined {
  if (!isKind(thrown, RetryAfterError)) return undefined;
  const delayMs = field(thrown, "delayMs");
  return typeof delayMs === "number" && Number.isFinite(delayMs) && delayMs >= 0
    ? Math.ceil(delayMs)
    : undefined;
}

export function isNonRetryable(thrown: unknown): boolean {
  return isKind(thrown, NonRetryableError);
}

/** Cuts a text to 8 KiB, at a whole character, and says so. */
export function bounded(text: string, maxBytes: number = maxTextBytes): string {
  if (text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes) return text;
  const mark = " … (cut)";
  const room = maxBytes - Buffer.byteLength(mark);
  // No character has less than one byte, so the slice holds the bytes kept and bounds what is encoded of a huge text.
  const head = Buffer.from(text.slice(0, room)).subarray(0, room).toString();
  return head.replace(/\uFFFD+$/u, "") + mark;
}

type ErrorLike = { readonly message: string };

function isErrorLike(thrown: unknown): thrown is ErrorLike {
  return typeof field(thrown, "message") === "string";
}

/** By name too: a program can hold two copies of this library. A proxy may throw when it is asked. */
function isKind(thrown: unknown, kind: typeof NonRetryableError | typeof RetryAfterError): boolean {
  if (field(thrown, "name") === kind.name) return true;
  try {
    return thrown instanceof kind;
  } catch {
    return false;
  }
}

/** Reads a field of anything; getters of user code may throw. */
function field(thrown: unknown, name: string): unknown {
  if (typeof thrown !== "object" || thrown === null) return undefined;
  try {
    return (thrown as Record<string, unknown>)[name]; // any object may be read by key
  } catch {
    return undefined;
  }
}

function fromError(error: ErrorLike): RunError {
  const name = field(error, "name");
  const details = detailsOf(error);
  const stack = stackOf(error);
  return {
    ...codeOf(error),
    message: bounded(error.message === "" && typeof name === "string" ? name : error.message),
    ...(details === undefined ? {} : { details }),
    ...(stack === "" ? {} : { stack }),
  };
}

function codeOf(error: ErrorLike): Pick<RunError, "code" | "retryable"> {
  if (isNonRetryable(error)) return { code: "NON_RETRYABLE", retryable: false };
  if (RotaError.isInstance(error)) return { code: error.code, retryable: error.retryable };
  const code = field(error, "code");
  const retryable = field(error, "retryable");
  return {
    code: typeof code === "string" && code !== "" ? code.slice(0, maxCodeLength) : "EXECUTION_FAILED",
    // An error that says of itself that a repeat is useless is believed.
    retryable: retryable !== false,
  };
}

function detailsOf(error: ErrorLike): JsonObject | undefined {
  const details = field(error, "details") ?? innerMessages(error);
  if (typeof details !== "object" || details === null || Array.isArray(details)) return undefined;
  try {
    const json = toJson(details, maxDetailsBytes);
    const isEmpty = typeof json !== "object" || json === null || Object.keys(json).length === 0;
    return isEmpty ? undefined : (json as JsonObject); // the JSON of an object that is no array
  } catch {
    return undefined;
  }
}

/** What an AggregateError gathered, which its own message does not tell. */
function innerMessages(error: ErrorLike): JsonObject | undefined {
  const errors = field(error, "errors");
  if (!Array.isArray(errors)) return undefined;
  const first: readonly unknown[] = errors.slice(0, 10);
  return { errors: first.map((inner) => bounded(textOf(isErrorLike(inner) ? inner.message : inner), 500)) };
}

function stackOf(error: ErrorLike): string {
  const parts: string[] = [];
  let next: unknown = error;
  for (let depth = 0; depth <= maxCauses && next !== undefined && next !== null; depth++) {
    const stack = field(next, "stack");
    if (typeof stack === "string") parts.push(stack);
    else if (depth > 0) parts.push(textOf(isErrorLike(next) ? next.message : next));
    next = field(next, "cause");
  }
  return bounded(parts.join("\ncaused by: "));
}

function fromOther(thrown: unknown): RunError {
  const text = textOf(thrown);
  const message = typeof thrown === "string" ? text : `a value that is no error was thrown: ${text}`;
  return { code: "EXECUTION_FAILED", message: bounded(message), retryable: true };
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "object" && value !== null) {
    try {
      return JSON.stringify(toJson(value, maxDetailsBytes));
    } catch {
      return "an object";
    }
  }
  return String(value);
}
