// How a workflow is read: defaults filled in, durations in milliseconds, and what is wrong named by its place.

import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readWorkflow, workflowFields } from "./workflow.ts";

const schema = z.strictObject(workflowFields);
const read = (steps: readonly unknown[]) => readWorkflow("w", schema.parse({ steps })).steps;

describe("a workflow as it is written", () => {
  it("S1.58 S1.61 is read with every default filled in", () => {
    expect(
      read([
        { kind: "task", id: "charge", type: "http", retry: { maxAttempts: 2, delay: "5s" }, timeout: "1m" },
        { kind: "approval", id: "ok", prompt: "Ship?", dependsOn: ["charge"], answerWithin: "2d" },
        { kind: "wait", id: "later", for: "1h", dependsOn: [{ step: "ok", verdict: false }] },
      ]),
    ).toEqual([
      {
        kind: "task",
        id: "charge",
        dependsOn: [],
        join: "all",
        onError: "fail",
        type: "http",
        params: {},
        retry: { maxAttempts: 2, delayMs: 5000 },
        timeoutMs: 60_000,
      },
      {
        kind: "approval",
        id: "ok",
        dependsOn: [{ step: "charge", verdict: true }],
        join: "all",
        onError: "fail",
        prompt: "Ship?",
        options: ["approve", "reject"],
        refusals: ["reject"],
        answerWithinMs: 172_800_000,
      },
      {
        kind: "wait",
        id: "later",
        dependsOn: [{ step: "ok", verdict: false }],
        join: "all",
        onError: "fail",
        forMs: 3_600_000,
      },
    ]);
  });

  it("S1.62 has groups within groups", () => {
    const inner = { kind: "parallel", id: "inner", steps: [{ kind: "condition", id: "c", if: "true" }] };
    expect(read([{ kind: "parallel", id: "outer", steps: [inner] }])).toMatchObject([
      { kind: "parallel", steps: [{ kind: "parallel", steps: [{ kind: "condition", join: "all" }] }] },
    ]);
  });

  it("names the place of what it cannot read", () => {
    const parsed = schema.safeParse({
      steps: [
        { kind: "task", id: "a b", type: "t" },
        { kind: "nothing", id: "x" },
      ],
    });
    expect(parsed.error?.issues.map((issue) => issue.path.join("."))).toEqual(["steps.0.id", "steps.1.kind"]);
  });
});
