// What is wrong with a definition, with the place of each problem.
import { describe, expect, it } from "vitest";
import type { WorkflowInput } from "../../src/index.ts";
import { definitionOf, start, task } from "./workflow-definition.ts";

async function check(definition: WorkflowInput) {
  await using test = await start();
  return await test.rota.workflows.check(definition);
}

describe("workflows.check", () => {
  it("S1.52 finds nothing wrong with a graph, and says how large it is", async () => {
    const found = await check(
      definitionOf([
        task("a"),
        task("b"),
        task("c", { dependsOn: ["a", "b"], params: { x: "{% input.x %}" } }),
      ]),
    );
    expect(found).toEqual({ ok: true, issues: [], warnings: [], steps: 3, depth: 2 });
  });

  it("S1.88 C29 names a cycle by its path, an unknown step, and one that can never begin", async () => {
    const cycle = await check(
      definitionOf([
        task("a", { dependsOn: ["c"] }),
        task("b", { dependsOn: ["a"] }),
        task("c", { dependsOn: ["b"] }),
      ]),
    );
    expect(cycle).toMatchObject({ ok: false, depth: null, issues: [{ code: "DEPENDENCY_CYCLE" }] });
    expect(cycle.issues[0]?.message).toContain("a → b → c → a");
    const unknown = await check(definitionOf([task("charge"), task("b", { dependsOn: ["chrage"] })]));
    expect(unknown.issues).toMatchObject([
      {
        path: "steps.1.dependsOn.0",
        code: "NOT_FOUND",
        message: expect.stringContaining('"charge"') as string,
      },
    ]);
    const no = { step: "if", verdict: false };
    const unreachable = await check(
      definitionOf([{ kind: "condition", id: "if", if: "true" }, task("x", { dependsOn: ["if", no] })]),
    );
    expect(unreachable).toMatchObject({ ok: false });
  });

  it("names the place of every bad expression, wherever one may stand", async () => {
    const bad = "{% 1 + %}";
    const undo = { type: "work", params: { x: bad } };
    const { issues } = await check(
      definitionOf(
        [
          task("a", { params: { deep: [{ x: bad }] }, when: "1 +", set: { v: bad }, compensate: undo }),
          { kind: "condition", id: "b", if: "1 +" },
          { kind: "wait", id: "c", until: bad },
          { kind: "approval", id: "d", prompt: bad },
          { kind: "map", id: "e", over: "1 +", each: { kind: "task", type: "work", params: { x: bad } } },
          { kind: "parallel", id: "f", steps: [{ kind: "workflow", id: "g", workflow: "x", input: bad }] },
        ],
        { variables: { v: bad }, output: { o: bad } },
      ),
    );
    expect(issues.map(({ path }) => path).toSorted()).toEqual(
      [
        "output.o",
        "steps.0.compensate.params.x",
        "steps.0.params.deep.0.x",
        "steps.0.set.v",
        "steps.0.when",
        "steps.1.if",
        "steps.2.until",
        "steps.3.prompt",
        "steps.4.each.params.x",
        "steps.4.over",
        "steps.5.steps.0.input",
        "variables.v",
      ].toSorted(),
    );
    expect(issues.every(({ code }) => code === "INVALID_EXPRESSION")).toBe(true);
  });

  it("S1.93 warns of types and functions that nobody has so far", async () => {
    const { ok, warnings } = await check(
      definitionOf([
        task("a", { type: "wrok", compensate: { type: "unwork" } }),
        { kind: "condition", id: "b", if: { $function: "other:steps.b.if" } },
      ]),
    );
    expect(ok).toBe(true);
    expect(warnings.map(({ path, code }) => [path, code])).toEqual([
      ["steps.0.type", "EXECUTOR_NOT_FOUND"],
      ["steps.0.compensate.type", "EXECUTOR_NOT_FOUND"],
      ["steps.1.if", "NOT_FOUND"],
    ]);
  });

  it("refuses what has not the shape of a definition, with the place", async () => {
    await expect(check(definitionOf([{ kind: "task", id: "a" }]))).rejects.toMatchObject({
      code: "VALIDATION_FAILED",
      details: { issues: [{ path: "steps.0.type" }] },
    });
    const set = await check(definitionOf([task("a", { set: { $error: 1 } })]));
    expect(set.issues).toMatchObject([{ path: "steps.0.set.$error" }]);
  });
});
