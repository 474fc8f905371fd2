// Whether the options given to `createRota` are what it takes: every problem is named before anything is opened.

import { closest } from "../domain/closest.ts";
import { parseDurationMs } from "../domain/duration.ts";
import { validationFailed, type Issue } from "../domain/errors.ts";
import { defaultLimits } from "../domain/limits.ts";
import { unknownZone } from "../domain/trigger/zone-suggestion.ts";
import { Zone } from "../domain/trigger/zone.ts";
import { isolations } from "../ports/executor.ts";
import type { RotaOptions } from "./create-rota.ts";

/** What is wrong with a value at this path; nothing for one that is fine. */
type Check = (value: unknown, path: string) => readonly Issue[];

/** SQLite keeps no value longer than a billion bytes. */
const mostLimit = 1_000_000_000;

/** By name, so that an option that is added does not compile without its check. */
const checks = {
  database: test("a text", (value) => typeof value === "string"),
  executors: listOf(executor),
  // What each says is checked as an input of `tasks.upsert`, when they are put in place.
  tasks: listOf(test("a task with an externalId", isObject)),
  concurrency: integer(1, 100_000),
  queues: both(
    test("at least one name of a queue", (value) => !Array.isArray(value) || value.length > 0),
    listOf(test("the name of a queue, in one line of at most 100 characters", isQueueName)),
  ),
  timezone: zone,
  start: test("true or false", (value) => typeof value === "boolean"),
  synchronous: choice(["full", "normal"]),
  ledgerThread: choice(["thread", "main"]),
  allowCommands: (value, path) =>
    typeof value === "boolean" ? [] : listOf(test("the name of a program", isText))(value, path),
  outbound: record({
    allowPrivate: test("true or false", (value) => typeof value === "boolean"),
    allowHosts: listOf(test("a host or host:port", isText)),
  }),
  secrets: test("a function that tells a secret by its name", (value) => typeof value === "function"),
  grace: duration,
  retention: record({ success: duration, failure: duration, audit: duration }),
  minInterval: duration,
  name: test("a text that is not empty", isText),
  telemetry: part("a TelemetryHub", ["emit", "wants"]),
  limits: record(
    Object.fromEntries(Object.keys(defaultLimits).map((name) => [name, integer(0, mostLimit)] as const)),
  ),
  clock: part("a clock", ["now", "monotonic", "after", "endOfTurn"]),
  random: part("a source of random numbers", ["next"]),
  broker: part("a broker", ["deliver", "consume", "signal", "subscribe", "close"]),
  ledger: part("a ledger", ["onCommit", "close"]),
} as const satisfies Record<keyof RotaOptions, Check>;

const checkAll = record(checks);

/**
 * An option that is `undefined` counts as absent.
 *
 * @throws VALIDATION_FAILED with every problem in `details.issues`: unknown names as well, and what was probably meant
 */
export function checkOptions(options: unknown): void {
  const issues = checkAll(options, "");
  if (issues.length > 0) throw validationFailed(issues);
}

function test(expected: string, isFine: (value: unknown) => boolean): Check {
  return (value, path) => (isFine(value) ? [] : [wrong(path, expected, value)]);
}

function both(first: Check, second: Check): Check {
  return (value, path) => {
    const issues = first(value, path);
    return issues.length > 0 ? issues : second(value, path);
  };
}

/** An object with no other fields than these, each optional. */
function record(fields: Readonly<Record<string, Check>>): Check {
  return (value, path) => {
    if (!isObject(value)) return [wrong(path, "an object", value)];
    return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
      const at = path === "" ? name : `${path}.${name}`;
      if (!Object.hasOwn(fields, name)) return [unknown(at, name, Object.keys(fields))];
      return inner === undefined ? [] : (fields[name]?.(inner, at) ?? []);
    });
  };
}

function listOf(item: Check): Check {
  return (value, path) => {
    if (!Array.isArray(value)) return [wrong(path, "a list", value)];
    // By index: `flatMap` passes over holes.
    return Array.from(value, (each: unknown, index) => item(each, `${path}.${index}`)).flat();
  };
}

function integer(min: number, max: number): Check {
  return test(`an integer from ${min} to ${max}`, (value) => {
    return typeof value === "number" && Number.isInteger(value) && value >= min && value <= max;
  });
}

function choice(words: readonly string[]): Check {
  return (value, path) => {
    if (typeof value === "string" && words.includes(value)) return [];
    const meant = typeof value === "string" ? closest(value, words) : undefined;
    const issue = wrong(path, words.map((word) => JSON.stringify(word)).join(" or "), value);
    return [
      meant === undefined ? issue : { ...issue, message: `${issue.message}; did you mean "${meant}"?` },
    ];
  };
}

function duration(value: unknown, path: string): readonly Issue[] {
  const parsed = parseDurationMs(value);
  return parsed.ok ? [] : [{ path, code: "INVALID_VALUE", message: parsed.message }];
}

function zone(value: unknown, path: string): readonly Issue[] {
  if (typeof value !== "string") return [wrong(path, 'an IANA time zone such as "Asia/Shanghai"', value)];
  return Zone.find(value) === undefined
    ? [{ path, code: "UNKNOWN_TIMEZONE", message: unknownZone(value) }]
    : [];
}

function executor(value: unknown, path: string): readonly Issue[] {
  const isOne =
    hasFunctions(value, ["validate", "execute"]) &&
    "type" in value &&
    isText(value.type) &&
    "isolation" in value &&
    isolations.some((isolation) => isolation === value.isolation);
  return isOne ? [] : [wrong(path, "an executor made by defineExecutor", value)];
}

/** Something with a life of its own, of which only its verbs are looked at. */
function part(expected: string, verbs: readonly string[]): Check {
  return test(expected, (value) => hasFunctions(value, verbs));
}

function hasFunctions(value: unknown, names: readonly string[]): value is object {
  if (typeof value !== "object" || value === null) return false;
  return names.every((name) => typeof Reflect.get(value, name) === "function");
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value.trim() !== "";
}

function isQueueName(value: unknown): boolean {
  return typeof value === "string" && isText(value) && value.length <= 100 && !/\p{Cc}/u.test(value);
}

function wrong(path: string, expected: string, value: unknown): Issue {
  return { path, code: "INVALID_VALUE", message: `expected ${expected}, got ${shown(value)}` };
}

function unknown(path: string, name: string, known: readonly string[]): Issue {
  const meant = closest(name, known);
  const hint = meant === undefined ? `known here: ${known.join(", ")}` : `did you mean ${meant}?`;
  return { path, code: "UNKNOWN_FIELD", message: `there is no such option; ${hint}` };
}

/** A value as a message may show it: short, and never more than its kind for objects. */
function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object" && value !== null) return "an object";
  return typeof value === "function" || typeof value === "symbol" ? `a ${typeof value}` : String(value);
}
