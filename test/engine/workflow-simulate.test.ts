// What a run of a workflow would do, under outcomes that are assumed.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dataOf, defineWorkflow, type WorkflowInput } from "../../src/index.ts";
import { createTestRota } from "../../src/testing/index.ts";
import { definitionOf, start, task, work } from "./workflow-definition.ts";

type Simulating = Omit<
  Parameters<Awaited<ReturnType<typeof start>>["rota"]["workflows"]["simulate"]>[0],
  "definition"
>;

async function simulate(definition: WorkflowInput, more: Simulating = {}) {
  await using test = await start();
  return await test.rota.workflows.simulate({ definition, ...more });
}

/** `at event step`, one text for each event. */
const course = ({ events }: Awaited<ReturnType<typeof simulate>>) =>
  events.map(({ atMs, event, stepId, index }) =>
    [
      atMs / 1000,
      event,
      ...(stepId === undefined ? [] : [stepId]),
      ...(index === undefined ? [] : [index]),
    ].join(" "),
  );

describe("workflows.simulate", () => {
  it("S1.53 S1.54 tells when each step begins and ends, side by side where nothing waits", async () => {
    const simulation = await simulate(
      definitionOf([task("a"), task("b"), task("c", { dependsOn: ["a", "b"] })]),
      { outcomes: { b: { takes: "3s", output: 7 } } },
    );
    expect(course(simulation)).toEqual([
      "0 workflow.started",
      "0 step.started a",
      "0 step.started b",
      "1 step.completed a",
      "3 step.completed b",
      "3 step.started c",
      "4 step.completed c",
      "4 workflow.completed",
    ]);
    expect(simulation).toMatchObject({ truncated: false, end: { status: "completed", atMs: 4000 } });
    expect(simulation.steps[1]).toEqual({
      id: "b",
      kind: "task",
      status: "completed",
      startedMs: 0,
      endedMs: 3000,
      output: 7,
    });
  });

  it("S1.59 C26 computes conditions over assumed outputs, and skips what waits for the other verdict", async () => {
    const definition = definitionOf([
      task("fetch"),
      { kind: "condition", id: "adult", dependsOn: ["fetch"], if: "steps.fetch.output.age >= 18" },
      task("yes", { dependsOn: ["adult"] }),
      task("no", { dependsOn: [{ step: "adult", verdict: false }] }),
      task("after", { dependsOn: ["no"] }),
      task("last", { dependsOn: ["yes", "no"], join: "any" }),
    ]);
    const statuses = async (outcomes: Simulating["outcomes"]) =>
      Object.fromEntries(
        (await simulate(definition, { outcomes })).steps.map(({ id, status }) => [id, status]),
      );
    expect(await statuses({ fetch: { output: { age: 20 } } })).toMatchObject({
      yes: "completed",
      no: "skipped",
      after: "skipped",
      last: "completed",
    });
    expect(await statuses({ fetch: { output: { age: 17 } } })).toMatchObject({
      yes: "skipped",
      no: "completed",
      last: "completed",
    });
    expect(await statuses({ adult: { verdict: true } })).toMatchObject({ yes: "completed", no: "skipped" });
  });

  it("S1.57 S1.64 C28 fills params from input, variables and outputs, and makes the result of them", async () => {
    const { events, end } = await simulate(
      definitionOf(
        [
          task("a", { params: { who: "{% input.name %}" }, set: { seen: "{% vars.seen + 1 %}" } }),
          task("b", { dependsOn: ["a"], params: { seen: "{% vars.seen %}", from: "{% steps.a.output %}" } }),
        ],
        { variables: { seen: "{% input.start %}" }, output: { all: "{% vars.seen & steps.b.output %}" } },
      ),
      { input: { name: "Ann", start: 1 }, outcomes: { a: { output: "A" }, b: { output: "B" } } },
    );
    expect(events.flatMap(({ params }) => (params === undefined ? [] : [params]))).toEqual([
      { who: "Ann" },
      { seen: 2, from: "A" },
    ]);
    expect(end).toMatchObject({ status: "completed", output: { all: "2B" } });
  });

  it("S1.60 C27 waits, asks and gives up in virtual time", async () => {
    const { steps, end } = await simulate(
      definitionOf([
        { kind: "wait", id: "pause", for: "10m" },
        { kind: "wait", id: "until", until: "{% input.when %}" },
        { kind: "wait", id: "signal", signal: "go", timeout: "5s", onError: "continue" },
        { kind: "approval", id: "ok", prompt: "Ship?", answerWithin: "1h", defaultAnswer: "reject" },
        task("refused", { dependsOn: [{ step: "ok", verdict: false }] }),
      ]),
      {
        startAt: "2026-01-01T00:00:00Z",
        input: { when: "2026-01-01T00:01:00Z" },
        outcomes: { signal: { takes: "1d" }, ok: { takes: "2h" } },
      },
    );
    expect(steps.map(({ id, status, endedMs }) => [id, status, endedMs])).toEqual([
      ["pause", "completed", 600_000],
      ["until", "completed", 60_000],
      ["signal", "failed", 5000],
      ["ok", "completed", 3_600_000],
      ["refused", "completed", 3_601_000],
    ]);
    expect(steps[3]).toMatchObject({ output: "reject", verdict: false });
    expect(end).toMatchObject({ status: "completed" });
  });

  it("S1.62 works on the elements of a list a few at once, and on groups as a whole", async () => {
    const { events, steps } = await simulate(
      definitionOf([
        { kind: "parallel", id: "group", steps: [task("x"), task("y")] },
        {
          kind: "map",
          id: "each",
          dependsOn: ["group"],
          over: "input.list",
          concurrency: 2,
          each: { kind: "task", type: "work", params: { n: "{% item * 10 + index %}" } },
        },
      ]),
      {
        input: { list: [1, 2, 3] },
        outcomes: { "each#0": { takes: "5s" }, each: { output: "done" }, x: { output: 1 } },
      },
    );
    const items = events.filter(({ event }) => event === "item.started");
    expect(items.map(({ atMs, params }) => [atMs, params])).toEqual([
      [1000, { n: 10 }],
      [1000, { n: 21 }],
      [2000, { n: 32 }],
    ]);
    expect(steps.find(({ id }) => id === "group")).toMatchObject({ output: { x: 1, y: null } });
    expect(steps.find(({ id }) => id === "each")).toMatchObject({
      output: [null, "done", "done"],
      endedMs: 6000,
    });
  });

  it("S1.55 C28 undoes what was done in reverse order when a step fails", async () => {
    const undo = { type: "undo", params: { what: "{% output %}" } };
    const simulation = await simulate(
      definitionOf([
        task("a", { compensate: undo }),
        task("b", { dependsOn: ["a"], compensate: undo }),
        task("c", { dependsOn: ["b"], onError: "compensate" }),
      ]),
      { outcomes: { a: { output: "A" }, b: { output: "B" }, c: { status: "failed" } } },
    );
    expect(course(simulation).slice(6)).toEqual([
      "3 step.failed c",
      "3 undo.started b",
      "4 undo.completed b",
      "4 undo.started a",
      "5 undo.completed a",
      "5 workflow.failed",
    ]);
    expect(simulation.events.filter(({ event }) => event === "undo.started")).toMatchObject([
      { params: { what: "B" } },
      { params: { what: "A" } },
    ]);
    expect(simulation.end).toMatchObject({ status: "failed", failedStep: "c", compensated: true });
  });

  it("SEM 27 asks a person when an undoing fails, and takes the answer that is assumed", async () => {
    const definition = definitionOf([
      task("a", { compensate: { type: "undo" } }),
      task("b", { dependsOn: ["a"], onError: "compensate" }),
    ]);
    const b = { status: "failed" } as const;
    const asked = await simulate(definition, { outcomes: { b, a: { undo: { status: "failed" } } } });
    expect(asked.end).toMatchObject({ status: "waiting", atMs: 3000 });
    const givenUp = await simulate(definition, {
      outcomes: { b, a: { undo: { status: "failed", answer: "give-up" } } },
    });
    expect(givenUp.end).toMatchObject({ status: "failed", compensated: false });
  });

  it("cancels what is under way when somebody cancels, and undoes what was done", async () => {
    const simulation = await simulate(
      definitionOf([
        task("a", { compensate: { type: "undo" } }),
        task("b", { dependsOn: ["a"] }),
        task("c", { dependsOn: ["b"] }),
      ]),
      { cancelAt: "1500ms" },
    );
    expect(course(simulation).slice(4)).toEqual([
      "1.5 step.cancelled b",
      "1.5 undo.started a",
      "2.5 undo.completed a",
      "2.5 workflow.cancelled",
    ]);
  });

  it("fails the step whose expression cannot be computed, with the reason", async () => {
    const { steps, end } = await simulate(
      definitionOf([
        task("a", { params: { x: "{% $number('x') %}" }, onError: "continue" }),
        { kind: "condition", id: "b", if: "$number('y')" },
      ]),
    );
    expect(steps.map(({ status, error }) => [status, error?.code])).toEqual([
      ["failed", "EXPRESSION_FAILED"],
      ["failed", "EXPRESSION_FAILED"],
    ]);
    expect(end).toMatchObject({ status: "failed", failedStep: "b" });
  });

  it("is cut where it becomes too long, and ends whatever an expression does", async () => {
    const long = await simulate(
      definitionOf([
        { kind: "map", id: "m", over: "[1..9000]", each: { kind: "task", type: "work" }, concurrency: 1000 },
      ]),
    );
    expect(long).toMatchObject({ truncated: true, end: null });
    expect(long.events.length).toBeLessThan(10_000);
    const large = await simulate(
      definitionOf([
        task("a", { set: { x: "{% $join([1..9000].('0123456789')) %}" } }),
        {
          kind: "map",
          id: "m",
          dependsOn: ["a"],
          over: "[1..1000]",
          each: { kind: "task", type: "work", params: "{% vars.x %}" },
        },
      ]),
    );
    expect(large).toMatchObject({ truncated: true });
    const endless = await simulate(
      definitionOf([{ kind: "condition", id: "c", if: "($f := function($x) { $f($x + 1) }; $f(0))" }]),
    );
    expect(endless.end).toMatchObject({ status: "failed", failedStep: "c" });
  });

  it("refuses what a check refuses, and outcomes of steps that are not there", async () => {
    await expect(simulate(definitionOf([task("a", { dependsOn: ["b"] })]))).rejects.toMatchObject({
      code: "VALIDATION_FAILED",
      details: { issues: [{ path: "definition.steps.0.dependsOn.0" }] },
    });
    await expect(simulate(definitionOf([task("a")]), { outcomes: { b: {} } })).rejects.toMatchObject({
      details: { issues: [{ path: "outcomes.b", code: "NOT_FOUND" }] },
    });
  });

  it("S1.61 S1.63 computes functions in code where their workflow was given", async () => {
    const workflow = defineWorkflow({
      name: "orders",
      data: dataOf<{ input: string; outputs: { fetch: { total: number } } }>(),
      steps: [
        { kind: "task", id: "fetch", type: "work" },
        {
          kind: "condition",
          id: "large",
          dependsOn: ["fetch"],
          if: ({ steps }) => steps.fetch.output.total > 100,
        },
        {
          kind: "task",
          id: "report",
          type: "work",
          dependsOn: ["large"],
          params: { by: ({ input }) => input },
        },
      ],
    });
    await using test = await createTestRota({ executors: [work], workflows: [workflow] });
    const { definition } = workflow;
    expect(await test.rota.workflows.check(definition)).toMatchObject({ ok: true, warnings: [] });
    const run = { definition, input: "Ann", outcomes: { fetch: { output: { total: 101 } } } };
    const { events, end } = await test.rota.workflows.simulate(run);
    expect(events.find(({ stepId, params }) => stepId === "report" && params !== undefined)).toMatchObject({
      params: { by: "Ann" },
    });
    expect(end).toMatchObject({ status: "completed" });
    // What a function throws fails its step, and nothing else.
    expect((await test.rota.workflows.simulate({ definition })).end).toMatchObject({
      status: "failed",
      failedStep: "large",
    });
  });

  it("S1.52 ends after the longest way through any graph of tasks", async () => {
    await using test = await start();
    const graph = fc.array(
      fc.record({
        seconds: fc.integer({ min: 0, max: 20 }),
        back: fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 3 }),
      }),
      { minLength: 1, maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(graph, async (drafts) => {
        const before = drafts.map(({ back }, index) => [
          ...new Set(back.map((by) => index - by).filter((at) => at >= 0)),
        ]);
        const steps = before.map((from, index) =>
          task(`s${index}`, { dependsOn: from.map((at) => `s${at}`) }),
        );
        const outcomes = Object.fromEntries(
          drafts.map(({ seconds }, index) => [`s${index}`, { takes: seconds * 1000 }]),
        );
        const ends: number[] = [];
        for (const [index, { seconds }] of drafts.entries()) {
          ends.push(Math.max(0, ...(before[index] ?? []).map((at) => ends[at] ?? 0)) + seconds * 1000);
        }
        const simulation = await test.rota.workflows.simulate({ definition: definitionOf(steps), outcomes });
        expect(simulation.steps.map(({ endedMs }) => endedMs)).toEqual(ends);
        expect(simulation.end).toMatchObject({ status: "completed", atMs: Math.max(...ends) });
      }),
      { numRuns: 200 },
    );
  });
});
