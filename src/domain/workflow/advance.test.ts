// What follows from each event of a workflow run, one rule at a time.

import { describe, expect, it } from "vitest";
import { advance } from "./advance.ts";
import type { ConditionStep, MapStep, ParallelStep, Step, TaskStep } from "./definition.ts";
import { newFlow, type Flow, type FlowCommand, type FlowEvent } from "./flow.ts";
import { planOf } from "./plan.ts";

const base = { dependsOn: [], join: "all", onError: "fail" } as const;
const undo = { type: "undo", params: {} } as const;

const task = (
  id: string,
  after: readonly (string | [string, boolean])[] = [],
  more: Partial<TaskStep> = {},
): TaskStep => ({
  ...base,
  kind: "task",
  id,
  type: "work",
  params: {},
  dependsOn: after.map((entry) =>
    typeof entry === "string" ? { step: entry, verdict: true } : { step: entry[0], verdict: entry[1] },
  ),
  ...more,
});
const condition = (id: string, more: Partial<ConditionStep> = {}): ConditionStep => ({
  ...base,
  kind: "condition",
  id,
  if: "input.ok",
  ...more,
});
const group = (id: string, steps: readonly Step[], more: Partial<ParallelStep> = {}): ParallelStep => ({
  ...base,
  kind: "parallel",
  id,
  steps,
  ...more,
});
const map = (id: string, more: Partial<MapStep> = {}): MapStep => ({
  ...base,
  kind: "map",
  id,
  over: "input.list",
  concurrency: 2,
  itemErrors: "fail",
  each: { kind: "task", type: "work", params: {} },
  ...more,
});

function begin(...steps: readonly Step[]) {
  const flow = newFlow(planOf({ name: "w", variables: {}, steps }));
  const send = (event: FlowEvent): readonly string[] => advance(flow, event).map(told);
  return {
    flow,
    send,
    begun: send({ kind: "begun" }),
    done: (stepId: string, iteration = 0) =>
      send({ kind: "child-ended", unit: { stepId, iteration }, status: "completed" }),
    failed: (stepId: string, iteration = 0) =>
      send({ kind: "child-ended", unit: { stepId, iteration }, status: "failed" }),
    decided: (stepId: string, verdict: boolean) =>
      send({ kind: "decided", stepId, decision: { kind: "verdict", verdict } }),
    undone: (stepId: string, status: "completed" | "failed" = "completed", attempt = 1, iteration = 0) =>
      send({ kind: "undo-ended", unit: { stepId, iteration }, try: attempt, status }),
  };
}

function told(command: FlowCommand): string {
  switch (command.kind) {
    case "start":
      return `start ${command.unit.stepId}${command.element === undefined ? "" : `#${command.unit.iteration}`}`;
    case "undo":
      return `undo ${command.unit.stepId}${command.unit.iteration > 0 ? `#${command.unit.iteration}` : ""}`;
    case "decide":
    case "compute-set":
      return `${command.kind} ${command.stepId}`;
    case "ask":
      return `ask ${command.unit.stepId}`;
    case "stop-children":
      return command.stepId === undefined ? "stop" : `stop ${command.stepId}`;
    case "end":
      return `end ${command.status}${command.compensated === undefined ? "" : command.compensated ? " compensated" : " not compensated"}`;
  }
}

const statuses = (flow: Flow): Record<string, string> =>
  Object.fromEntries(flow.plan.nodes.map((node) => [node.id, flow.nodes[node.index]?.status ?? ""]));

describe("a workflow run", () => {
  it("S1.53 runs steps one after the other as their dependencies say, and ends with the last", () => {
    const run = begin(task("a"), task("b", ["a"]));
    expect(run.begun).toEqual(["start a"]);
    expect(run.done("a")).toEqual(["start b"]);
    expect(run.done("b")).toEqual(["end completed"]);
  });

  it("S1.53 begins at once everything that waits for nothing", () => {
    expect(begin(task("a"), task("b"), task("c", ["a", "b"])).begun.toSorted()).toEqual([
      "start a",
      "start b",
    ]);
  });

  it("takes a child that ended twice, or one it does not know, for nothing new", () => {
    const run = begin(task("a"), task("b", ["a"]));
    run.done("a");
    expect(run.done("a")).toEqual([]);
    expect(run.done("nobody")).toEqual([]);
    expect(run.done("b")).toEqual(["end completed"]);
    expect(run.done("b")).toEqual([]);
  });

  it("ends at once when it has no steps", () => {
    expect(begin().begun).toEqual(["end completed"]);
  });
});

describe("a condition", () => {
  it("C26 skips what waits for the other verdict, and all that waits for it", () => {
    const run = begin(
      condition("c"),
      task("yes", ["c"]),
      task("no", [["c", false]]),
      task("after-no", ["no"]),
    );
    expect(run.begun).toEqual(["decide c"]);
    expect(run.decided("c", true)).toEqual(["start yes"]);
    expect(run.done("yes")).toEqual(["end completed"]);
    expect(statuses(run.flow)).toMatchObject({ no: "skipped", "after-no": "skipped" });
  });

  it("C26 does not skip a step that another path satisfies", () => {
    const run = begin(
      condition("c"),
      task("yes", ["c"]),
      task("no", [["c", false]]),
      task("both", ["yes", "no"], { join: "any" }),
    );
    run.decided("c", false);
    expect(run.done("no")).toEqual(["start both"]);
  });

  it("begins a step that waits for the end of all, whatever it is", () => {
    const run = begin(condition("c"), task("yes", ["c"]), task("last", ["yes"], { join: "all-settled" }));
    expect(run.decided("c", false)).toEqual(["start last"]);
  });

  it("skips a step whose `when` is false", () => {
    const run = begin(task("a", [], { when: "false" }), task("b", ["a"]));
    expect(run.begun).toEqual(["decide a"]);
    expect(run.send({ kind: "decided", stepId: "a", decision: { kind: "skip" } })).toEqual(["end completed"]);
    expect(statuses(run.flow)).toEqual({ a: "skipped", b: "skipped" });
  });

  it("fails its step when it cannot be computed", () => {
    const run = begin(condition("c"));
    const error = { code: "EXPRESSION_FAILED", message: "no", retryable: false };
    expect(run.send({ kind: "decided", stepId: "c", decision: { kind: "error", error } })).toEqual([
      "end failed",
    ]);
  });
});

describe("a failed step", () => {
  it("fails the workflow, stops what is under way and waits for it", () => {
    const run = begin(task("a"), task("b"), task("c", ["a"]));
    expect(run.failed("a")).toEqual(["stop"]);
    expect(
      run.send({ kind: "child-ended", unit: { stepId: "b", iteration: 0 }, status: "cancelled" }),
    ).toEqual(["end failed"]);
    expect(statuses(run.flow)).toEqual({ a: "failed", b: "cancelled", c: "pending" });
  });

  it("is passed over under `continue`", () => {
    const run = begin(task("a", [], { onError: "continue" }), task("b", ["a"]));
    expect(run.failed("a")).toEqual(["start b"]);
    expect(run.done("b")).toEqual(["end completed"]);
  });

  it("C28 undoes what was done, the last first, under `compensate`", () => {
    const run = begin(
      task("a", [], { compensate: undo }),
      task("b", ["a"], { compensate: undo }),
      task("c", ["b"], { onError: "compensate", compensate: undo }),
    );
    run.done("a");
    run.done("b");
    expect(run.failed("c")).toEqual(["undo b"]);
    expect(run.undone("b")).toEqual(["undo a"]);
    expect(run.undone("b")).toEqual([]);
    expect(run.undone("a")).toEqual(["end failed compensated"]);
  });

  it("undoes what was done although it was to be stopped", () => {
    const run = begin(task("a", [], { compensate: undo }), task("b", [], { onError: "compensate" }));
    expect(run.failed("b")).toEqual(["stop"]);
    expect(run.done("a")).toEqual(["undo a"]);
  });

  it("undoes nothing under `fail`", () => {
    const run = begin(task("a", [], { compensate: undo }), task("b", ["a"]));
    run.done("a");
    expect(run.failed("b")).toEqual(["end failed"]);
  });
});

describe("an undoing that fails", () => {
  const asked = () => {
    const run = begin(
      task("a", [], { compensate: undo }),
      task("b", ["a"], { compensate: undo }),
      task("c", ["b"], { onError: "compensate" }),
    );
    run.done("a");
    run.done("b");
    run.failed("c");
    expect(run.undone("b", "failed")).toEqual(["ask b"]);
    return run;
  };

  it("is tried again when a person says so", () => {
    const run = asked();
    expect(run.send({ kind: "answered", answer: "retry" })).toEqual(["undo b"]);
    expect(run.undone("b", "completed", 1)).toEqual([]);
    expect(run.undone("b", "completed", 2)).toEqual(["undo a"]);
    expect(run.undone("a")).toEqual(["end failed compensated"]);
  });

  it("is left when a person says so", () => {
    const run = asked();
    expect(run.send({ kind: "answered", answer: "skip" })).toEqual(["undo a"]);
  });

  it("ends the run when a person gives up", () => {
    expect(asked().send({ kind: "answered", answer: "give-up" })).toEqual(["end failed not compensated"]);
  });

  it("ends the run when a person forces it", () => {
    const run = asked();
    expect(run.send({ kind: "stopped", status: "cancelled", force: false })).toEqual([]);
    expect(run.send({ kind: "stopped", status: "cancelled", force: true })).toEqual([
      "stop",
      "end failed not compensated",
    ]);
  });
});

describe("a cancel", () => {
  it("stops what is under way, undoes what was done, and then ends", () => {
    const run = begin(task("a", [], { compensate: undo }), task("b", ["a"]));
    run.done("a");
    expect(run.send({ kind: "stopped", status: "cancelled", force: false })).toEqual(["stop"]);
    expect(
      run.send({ kind: "child-ended", unit: { stepId: "b", iteration: 0 }, status: "cancelled" }),
    ).toEqual(["undo a"]);
    expect(run.undone("a")).toEqual(["end cancelled compensated"]);
  });

  it("undoes nothing by force", () => {
    const run = begin(task("a", [], { compensate: undo }), task("b", ["a"]));
    run.done("a");
    run.send({ kind: "stopped", status: "cancelled", force: true });
    expect(
      run.send({ kind: "child-ended", unit: { stepId: "b", iteration: 0 }, status: "cancelled" }),
    ).toEqual(["end cancelled"]);
  });
});

describe("a group", () => {
  it("S1.62 begins all its members together and is done when they are", () => {
    const run = begin(
      task("a"),
      group("g", [task("x"), task("y")], { dependsOn: [{ step: "a", verdict: true }] }),
      task("z", ["g"]),
    );
    expect(run.begun).toEqual(["start a"]);
    expect(run.done("a").toSorted()).toEqual(["start x", "start y"]);
    expect(run.done("y")).toEqual([]);
    expect(run.done("x")).toEqual(["start z"]);
  });

  it("is skipped with all its members", () => {
    const run = begin(
      condition("c"),
      group("g", [task("x"), group("inner", [task("y")])], { dependsOn: [{ step: "c", verdict: true }] }),
      task("z", ["g"]),
    );
    expect(run.decided("c", false)).toEqual(["end completed"]);
    expect(statuses(run.flow)).toMatchObject({
      g: "skipped",
      x: "skipped",
      inner: "skipped",
      y: "skipped",
      z: "skipped",
    });
  });
});

describe("a map", () => {
  const elements = (...list: readonly number[]): FlowEvent => ({
    kind: "decided",
    stepId: "m",
    decision: { kind: "elements", elements: list },
  });

  it("works on as many elements at once as it may, and is done with the last", () => {
    const run = begin(map("m"), task("z", ["m"]));
    expect(run.begun).toEqual(["decide m"]);
    expect(run.send(elements(1, 2, 3))).toEqual(["start m#0", "start m#1"]);
    expect(run.done("m", 1)).toEqual(["start m#2"]);
    expect(run.done("m", 2)).toEqual([]);
    expect(run.done("m", 0)).toEqual(["start z"]);
  });

  it("is done at once without elements", () => {
    const run = begin(map("m"), task("z", ["m"]));
    expect(run.send(elements())).toEqual(["start z"]);
  });

  it("fails with its first failed element, and begins no other", () => {
    const run = begin(map("m"));
    run.send(elements(1, 2, 3));
    expect(run.failed("m", 0)).toEqual(["stop m"]);
    expect(run.done("m", 1)).toEqual(["end failed"]);
  });

  it("collects errors when it is told to", () => {
    const run = begin(map("m", { itemErrors: "collect" }));
    run.send(elements(1, 2, 3));
    expect(run.failed("m", 0)).toEqual(["start m#2"]);
    run.done("m", 1);
    expect(run.failed("m", 2)).toEqual(["end completed"]);
  });

  it("undoes each element that was done", () => {
    const run = begin(
      map("m", { onError: "compensate", each: { kind: "task", type: "work", params: {}, compensate: undo } }),
    );
    run.send(elements(1, 2, 3));
    run.done("m", 1);
    run.done("m", 0);
    expect(run.failed("m", 2)).toEqual(["undo m"]);
    expect(run.undone("m")).toEqual(["undo m#1"]);
    expect(run.undone("m", "completed", 1, 1)).toEqual(["end failed compensated"]);
  });
});

describe("variables", () => {
  it("S1.64 are set when a step is done, before what waits for it begins", () => {
    const run = begin(task("a", [], { set: { total: 1 } }), task("b", ["a"]));
    expect(run.done("a")).toEqual(["compute-set a"]);
    expect(run.send({ kind: "set", stepId: "a", values: { total: 1 } })).toEqual(["start b"]);
    expect(run.flow.variables).toEqual({ total: 1 });
  });
});

describe("a repetition", () => {
  it("does not run again what it takes over, and undoes that too", () => {
    const flow = newFlow(
      planOf({
        name: "w",
        variables: {},
        steps: [task("a", [], { compensate: undo }), task("b", ["a"], { onError: "compensate" })],
      }),
    );
    expect(advance(flow, { kind: "begun", reused: [{ stepId: "a", verdict: true }] }).map(told)).toEqual([
      "start b",
    ]);
    expect(
      advance(flow, { kind: "child-ended", unit: { stepId: "b", iteration: 0 }, status: "failed" }).map(told),
    ).toEqual(["undo a"]);
  });
});
