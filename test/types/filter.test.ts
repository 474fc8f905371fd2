// What the type system promises to those who write filters in programs.

import { describe, expectTypeOf, it } from "vitest";
import { filterOf } from "../../src/client/index.ts";

describe("the types of a filter", () => {
  it("P12 know the fields of each kind of thing, and their words", () => {
    expectTypeOf(filterOf("runs", { status: "failed", createdAt: { above: "-1h" } })).toBeString();
    filterOf("tasks", { status: ["active", "paused"], nextFireAt: { below: new Date(0) }, tag: true });
    filterOf("occurrences", { decision: "missed", lateness: { above: "1m" } });
    // @ts-expect-error no such status
    filterOf("runs", { status: "faild" });
    // @ts-expect-error a status of tasks, not of runs
    filterOf("runs", { status: "active" });
    // @ts-expect-error tasks have no attempts
    filterOf("tasks", { attempt: 1 });
    // @ts-expect-error a number
    filterOf("runs", { priority: "high" });
  });
});
