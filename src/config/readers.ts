// How single values are read: the same from a flag or variable (always text) as from a config file (already typed).

import { z } from "zod";
import { formatDuration, parseDurationMs } from "../domain/duration.ts";
import { Secret } from "./secret.ts";

/** Reads with `read`; where that finds nothing, says what was expected. */
function reader<Input extends z.ZodType, Output>(
  input: Input,
  expected: string,
  read: (value: z.output<Input>) => Output | undefined,
) {
  return input.transform((value, context): Output => {
    const found = read(value);
    if (found !== undefined) return found;
    context.addIssue({ code: "custom", message: expected });
    return z.NEVER;
  });
}

function textInput(expected: string) {
  return z.string({ error: expected });
}

function textOrNumber(expected: string) {
  return z.union([z.string(), z.number()], { error: expected });
}

function textOrList(expected: string) {
  return z.union([z.string(), z.array(z.string())], { error: expected });
}

export function integer(min: number, max: number) {
  const expected = `expected an integer from ${min} to ${max}`;
  return reader(textOrNumber(expected), expected, (value) => {
    const number = typeof value === "number" || /^\s*\d+\s*$/.test(value) ? Number(value) : Number.NaN;
    return Number.isInteger(number) && number >= min && number <= max ? number : undefined;
  });
}

/** A duration between two bounds, read as milliseconds. */
export function duration(minMs: number, maxMs: number) {
  const expected = `expected a duration from ${formatDuration(minMs)} to ${formatDuration(maxMs)}, for example "90s" or "1h30m"`;
  return reader(textOrNumber(expected), expected, (value) => {
    const read = parseDurationMs(value);
    return read.ok && read.ms >= minMs && read.ms <= maxMs ? read.ms : undefined;
  });
}

export function choice<const Names extends readonly [string, ...string[]]>(names: Names) {
  const expected = `expected ${names.slice(0, -1).join(", ")} or ${names.at(-1) ?? ""}`;
  return reader(textInput(expected), expected, (value): Names[number] | undefined =>
    names.find((name) => name === value.trim().toLowerCase()),
  );
}

/** Text that `read` accepts, perhaps in another form. */
export function text(expected: string, read: (value: string) => string | undefined) {
  return reader(textInput(expected), expected, (value) => read(value.trim()));
}

/** Names separated by commas, or an array of them. */
export function list(expected: string, options: { readonly isEmptyAllowed?: boolean } = {}) {
  return reader(textOrList(expected), expected, (value) => {
    const items = splitList(value);
    return items.includes("") || (items.length === 0 && !options.isEmptyAllowed) ? undefined : items;
  });
}

/** Like {@link list}, of items that each pass `isOne`; may be empty. */
export function listOf(expected: string, isOne: (item: string) => boolean) {
  return reader(textOrList(expected), expected, (value) => {
    const items = splitList(value);
    return items.every(isOne) ? items : undefined;
  });
}

/** `off`, `all`, or the names that are allowed. */
export function allowList(expected: string) {
  const input = z.union([z.string(), z.array(z.string()), z.boolean()], { error: expected });
  return reader(input, expected, (value): boolean | readonly string[] | undefined => {
    if (typeof value === "boolean") return value;
    const items = splitList(value);
    const [first] = items;
    if (items.length === 0 || (items.length === 1 && first === "off")) return false;
    if (items.length === 1 && first === "all") return true;
    // "all, git" is a contradiction: somebody who lists programs does not mean every program.
    return items.some((item) => item === "" || item === "off" || item === "all") ? undefined : items;
  });
}

export function secret(expected: string) {
  return reader(textInput(expected), expected, (value) =>
    value.trim() === "" ? undefined : new Secret(value.trim()),
  );
}

function splitList(value: string | readonly string[]): readonly string[] {
  if (typeof value !== "string") return value.map((item) => item.trim());
  return value.trim() === "" ? [] : value.split(",").map((item) => item.trim());
}
