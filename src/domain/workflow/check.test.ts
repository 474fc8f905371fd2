// What is refused as a workflow, and where the refusal points.

import { describe, expect, it } from "vitest";
import { checkWorkflow } from "./check.ts";
import type { Step } from "./definition.ts";

const base = { dependsOn: [], join: "all", onError: "fail" } as const;
const task = (id: string, ...after: readonly string[]): Step => ({
  ...base,
  kind: "task",
  id,
  type: "work",
  params: {},
  dependsOn: after.map((step) => ({ step, verdict: true })),
});
const issuesOf = (...steps: readonly Step[]) =>
  checkWorkflow({ name: "w", variables: {}, steps }).map(
    ({ path, code, message }) => `${path} ${code}: ${message}`,
  );

describe("checkWorkflow", () => {
  it("accepts a graph", () => {
    expect(issuesOf(task("a"), task("b", "a"), task("c", "a", "b"))).toEqual([]);
  });

  it("S1.88 names the steps of a cycle in their order", () => {
    expect(issuesOf(task("x"), task("a", "c", "x"), task("b", "a"), task("c", "b"))).toEqual([
      "steps.1 DEPENDENCY_CYCLE: these steps wait for each other: a → b → c → a",
    ]);
  });

  it("S1.88 refuses a step that waits for itself", () => {
    expect(issuesOf(task("a", "a"))).toEqual([
      "steps.0.dependsOn.0 DEPENDENCY_CYCLE: a cannot wait for itself",
    ]);
  });

  it("refuses a member that waits for its own group", () => {
    const group: Step = { ...base, kind: "parallel", id: "g", steps: [task("a", "g")] };
    expect(issuesOf(group)).toEqual([
      "steps.0.steps.0 DEPENDENCY_CYCLE: these steps wait for each other: a → g → a",
    ]);
  });

  it("S1.63 C29 refuses a dependency on a step that does not exist, and says which was meant", () => {
    expect(issuesOf(task("charge"), task("ship", "chagre"))).toEqual([
      'steps.1.dependsOn.0 NOT_FOUND: there is no step "chagre" here; did you mean "charge"?',
    ]);
  });

  it("C29 refuses an id that is taken, in groups too", () => {
    const group: Step = { ...base, kind: "parallel", id: "g", steps: [task("a")] };
    expect(issuesOf(task("a"), group)).toEqual([
      'steps.1.steps.0.id ALREADY_EXISTS: the id "a" is taken by steps.0',
    ]);
  });

  it("C29 refuses a step that can never begin", () => {
    const check: Step = { ...base, kind: "condition", id: "check", if: "true" };
    const both: Step = {
      ...task("both"),
      dependsOn: [
        { step: "check", verdict: true },
        { step: "no", verdict: true },
      ],
    };
    const no: Step = { ...task("no"), dependsOn: [{ step: "check", verdict: false }] };
    expect(issuesOf(check, no, both, task("after", "both"))).toEqual([
      "steps.2 UNREACHABLE: both can never begin: it waits for opposite outcomes of one decision",
      "steps.3 UNREACHABLE: after can never begin: something it waits for can never be satisfied",
    ]);
  });

  it("refuses more steps than a workflow may have", () => {
    const steps = Array.from({ length: 10_000 }, (_, index) => task(`s${index}`));
    expect(issuesOf(...steps)).toEqual([
      "steps TOO_MANY: a workflow has at most 1000 steps, and this one has 10000; put some into workflows of their own",
    ]);
  });

  it("refuses a wait for nothing or for two things", () => {
    expect(issuesOf({ ...base, kind: "wait", id: "w" })).toEqual([
      "steps.0 INVALID_VALUE: a wait has one of `for`, `until` and `signal`",
    ]);
  });
});
