// Inputs: what is accepted in which spellings, and how refusals are worded.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RotaError, type Issue } from "../domain/errors.ts";
import { operations } from "./catalogue.ts";
import { parseInput } from "./parse-input.ts";
import type { OperationName } from "./routes.ts";

const minimal = { name: "report", type: "http" };

function issues(name: OperationName, input: unknown): readonly Issue[] {
  try {
    parseInput(name, input);
  } catch (error) {
    if (!RotaError.isInstance(error) || error.code !== "VALIDATION_FAILED") throw error;
    return error.details["issues"] as readonly Issue[]; // what validationFailed puts there
  }
  return [];
}

describe("an input", () => {
  it("C12 reads durations as words, ISO 8601 or milliseconds", () => {
    for (const timeout of ["30m", "PT30M", 1_800_000, "1800 seconds"]) {
      expect(parseInput("tasks.create", { ...minimal, timeout })).toMatchObject({ timeout: 1_800_000 });
    }
  });

  it("C19 reads priorities as numbers or names", () => {
    expect(parseInput("tasks.create", { ...minimal, priority: "high" })).toMatchObject({ priority: 8 });
    expect(parseInput("tasks.create", { ...minimal, priority: 10 })).toMatchObject({ priority: 10 });
    expect(issues("tasks.create", { ...minimal, priority: 11 })).toMatchObject([
      { path: "priority", code: "OUT_OF_RANGE", message: "at most 10" },
    ]);
  });

  it("reads overlap and dependencies in their short and long forms", () => {
    const input = { ...minimal, overlap: "queue", dependsOn: ["task_1", { task: "task_2", within: "1d" }] };
    expect(parseInput("tasks.create", input)).toMatchObject({
      overlap: { policy: "queue" },
      dependsOn: [{ task: "task_1" }, { task: "task_2", within: 86_400_000 }],
    });
  });

  it("reads instants with their offset, and refuses local times", () => {
    const at = parseInput("tasks.pause", { id: "x", resumeAt: "2026-12-01T09:00:00+08:00" });
    expect(at.resumeAt).toBe(Date.UTC(2026, 11, 1, 1));
    expect(issues("tasks.pause", { id: "x", resumeAt: "2026-12-01T09:00:00" })[0]?.message).toContain(
      "with its offset",
    );
    expect(issues("tasks.pause", { id: "x", resumeAt: "2026-02-30T09:00:00Z" })).toHaveLength(1);
  });

  it("keeps a trigger as it was written: the domain judges it", () => {
    const trigger = { kind: "crn", expression: 5 };
    expect(parseInput("tasks.create", { ...minimal, trigger }).trigger).toEqual(trigger);
    expect(issues("schedules.preview", {})).toMatchObject([{ path: "trigger", code: "REQUIRED" }]);
  });

  it("lets an edit remove what is optional, and nothing else", () => {
    expect(parseInput("tasks.update", { id: "x", timeout: null, tags: null })).toEqual({
      id: "x",
      timeout: null,
      tags: null,
    });
    expect(issues("tasks.update", { id: "x", name: null })).toMatchObject([
      { path: "name", code: "WRONG_TYPE" },
    ]);
    expect(issues("tasks.update", { id: "x", type: "http" })).toMatchObject([
      { path: "type", code: "UNKNOWN_FIELD" },
    ]);
  });

  it("fills in the page size", () => {
    expect(parseInput("runs.list", {})).toEqual({ limit: 50 });
    expect(issues("runs.list", { limit: 1001 })).toMatchObject([
      { path: "limit", code: "OUT_OF_RANGE", message: "at most 1000" },
    ]);
  });
});

describe("a refusal", () => {
  it("S0.55 names every problem with its path, a code and what was probably meant", () => {
    const input = {
      name: "",
      retry: { maxAttempt: 3 },
      dependsOn: [{ tsk: "a" }],
      status: "pausd",
      tags: "x",
    };
    expect(
      issues("tasks.create", input).map(({ path, code, message }) => `${path} ${code} ${message}`),
    ).toEqual([
      "name OUT_OF_RANGE must not be empty",
      "type REQUIRED is missing",
      'retry.maxAttempt UNKNOWN_FIELD unknown field "maxAttempt"; did you mean maxAttempts?',
      "dependsOn.0.task REQUIRED is missing",
      'dependsOn.0.tsk UNKNOWN_FIELD unknown field "tsk"; did you mean task?',
      'tags WRONG_TYPE expected a list, got "x"',
      'status INVALID_VALUE expected "active", "paused", got "pausd"; did you mean "paused"?',
    ]);
  });

  it("refuses control characters, lone surrogates and blanks in names", () => {
    for (const name of ["a\nb", "a\u0000b", "\ud800", "   "]) {
      expect(issues("tasks.create", { ...minimal, name })).toMatchObject([{ path: "name" }]);
    }
  });

  it("stays short whatever is sent", () => {
    const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`x${i}`, i]));
    expect(issues("tasks.create", many).length).toBeLessThanOrEqual(50);
    const [first] = issues("tasks.create", { ...minimal, status: "x".repeat(100_000) });
    expect(first?.message.length).toBeLessThan(200);
  });

  it("I9 is all that a `length` which cannot be compared leads to", () => {
    const length = { valueOf: 1, toString: 1 };
    expect(issues("tasks.create", { ...minimal, name: { length } })).toMatchObject([
      { path: "name", code: "WRONG_TYPE" },
    ]);
    expect(issues("tasks.create", { ...minimal, tags: { length } })).toMatchObject([
      { path: "tags", code: "WRONG_TYPE" },
    ]);
  });

  it("I9 is all that any value leads to, in every operation", () => {
    const value = fc.oneof(
      fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true }),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...operations),
        fc.dictionary(fc.string(), value),
        value,
        (operation, extra, filler) => {
          const known = Object.fromEntries(
            Object.keys(operation.input.shape).map((field) => [field, filler]),
          );
          expect(Array.isArray(issues(operation.name, { ...known, ...extra }))).toBe(true);
          expect(Array.isArray(issues(operation.name, filler))).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});
