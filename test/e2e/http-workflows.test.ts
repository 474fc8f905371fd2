// Workflows over REST and the client: definitions are checked, tried and drawn, and whatever is wrong is told.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createClient } from "../../src/client/index.ts";
import { HttpRota } from "./http-rota.ts";

const definition = {
  name: "orders",
  steps: [
    { kind: "task", id: "fetch", type: "echo", params: { text: "{% input.text %}" } },
    { kind: "condition", id: "large", dependsOn: ["fetch"], if: "steps.fetch.output.total > 100" },
    { kind: "task", id: "report", type: "echo", dependsOn: ["large"], params: { text: "large" } },
  ],
} as const;
let rota: HttpRota;
beforeAll(async () => {
  rota = await HttpRota.start();
});
afterAll(() => rota[Symbol.asyncDispose]());

const ask = (verb: string, body: unknown) => rota.ask("POST", `/api/v1/workflows/${verb}`, body);
describe("workflows over REST", () => {
  it("S1.52 checks a definition", async () => {
    expect(await ask("check", definition)).toMatchObject({
      status: 200,
      body: { ok: true, issues: [], warnings: [], steps: 3, depth: 3 },
    });
    const { body } = await ask("check", {
      name: "w",
      steps: [{ kind: "condition", id: "a", if: "1 +", dependsOn: ["b"] }],
    });
    expect(body).toMatchObject({
      ok: false,
      depth: null,
      issues: [
        { path: "steps.0.dependsOn.0", code: "NOT_FOUND" },
        { path: "steps.0.if", code: "INVALID_EXPRESSION" },
      ],
    });
  });

  it("refuses what is no definition, naming the place", async () => {
    const wrong: readonly (readonly [string, unknown])[] = [
      ["name", { steps: [] }],
      ["steps", { name: "w", steps: [] }],
      ["steps.0.kind", { name: "w", steps: [{ kind: "tsk", id: "a" }] }],
      ["steps.0.oops", { name: "w", steps: [{ kind: "task", id: "a", type: "t", oops: 1 }] }],
      ["steps.0.for", { name: "w", steps: [{ kind: "wait", id: "a", for: "soon" }] }],
    ];
    for (const [path, body] of wrong) {
      const { status, body: problem } = await ask("check", body);
      expect(status).toBe(400);
      expect(problem).toMatchObject({ code: "VALIDATION_FAILED" });
      expect(JSON.stringify(problem)).toContain(JSON.stringify(path));
    }
  });

  it("S1.53 simulates a run, with the params that steps would be given", async () => {
    const { status, body } = await ask("simulate", {
      definition,
      input: { text: "hello" },
      outcomes: { fetch: { output: { total: 101 }, takes: "2s" } },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ truncated: false, end: { status: "completed", atMs: 3000 } });
    expect(body["events"]).toContainEqual({
      atMs: 0,
      event: "step.started",
      stepId: "fetch",
      params: { text: "hello" },
    });
    expect(await ask("simulate", { definition, outcomes: { nobody: {} } })).toMatchObject({ status: 400 });
  });

  it("draws a workflow, in colours where its states are given", async () => {
    const { body } = await ask("draw", { definition, statuses: { fetch: "completed" } });
    expect(body["mermaid"]).toMatch(/^flowchart TD\n[^]*class n0 completed\n$/);
    expect(body["text"]).toContain("✓ ■ fetch");
    const cycle = { name: "w", steps: [{ kind: "condition", id: "a", if: "true", dependsOn: ["a"] }] };
    expect(await ask("draw", { definition: cycle })).toMatchObject({
      status: 400,
      body: { code: "VALIDATION_FAILED" },
    });
  });

  it("S1.88 answers hostile definitions in time, and goes on", async () => {
    const deep = (depth: number): object =>
      depth === 0
        ? { kind: "condition", id: "c", if: "true" }
        : { kind: "parallel", id: `g${depth}`, steps: [deep(depth - 1)] };
    expect([200, 400]).toContain((await ask("check", { name: "w", steps: [deep(200)] })).status);
    expect([200, 400]).toContain((await ask("check", { name: "w", steps: [deep(30)] })).status);
    const steps = ["__proto__", "constructor", "toString"].map((id) => ({
      kind: "condition",
      id,
      if: `steps.${id}.status = "pending"`,
    }));
    expect(await ask("simulate", { definition: { name: "w", steps } })).toMatchObject({ status: 200 });
    const growing = `${"$string(".repeat(50)}[1..9999999]${")".repeat(50)}`;
    const large = { name: "w", steps: [{ kind: "condition", id: "a", if: growing }] };
    expect(await ask("simulate", { definition: large })).toMatchObject({
      status: 200,
      body: { end: { status: "failed", error: { code: "EXPRESSION_FAILED" } } },
    });
    expect(await ask("check", definition)).toMatchObject({ status: 200, body: { ok: true } });
    expect(rota.faults).toEqual([]);
  });

  it("are typed in the client", async () => {
    const client = createClient({ baseUrl: rota.url });
    const { ok, depth } = await client.workflows.check({
      name: "w",
      steps: [{ kind: "wait", id: "later", for: "1h" }],
    });
    expect({ ok, depth }).toEqual({ ok: true, depth: 1 });
  });
});
