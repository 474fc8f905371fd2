// Many tasks made in one call: all of them or none, and the refusal names its place.
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineExecutor, RotaError } from "../../src/index.ts";
import { createTestRota } from "../../src/testing/index.ts";

const echo = defineExecutor({
  type: "echo",
  params: z.object({ text: z.string() }),
  run: ({ text }) => text,
});
const start = () => createTestRota({ executors: [echo], now: "2026-01-01T00:00:01Z" });
const hourly = { kind: "cron", expression: "0 * * * *" } as const;
const good = { name: "good", type: "echo", params: { text: "hi" }, trigger: hourly } as const;

describe("tasks.createMany", () => {
  it("makes tasks in order, like create, and their schedules run", async () => {
    await using test = await start();
    const items = Array.from({ length: 1000 }, (_, i) => ({ ...good, name: `task ${i}` }));
    const tasks = await test.rota.tasks.createMany(items);
    expect(tasks.map(({ name }) => name)).toEqual(items.map(({ name }) => name));
    const single = await test.rota.tasks.get({ id: tasks[500]?.id ?? "" });
    expect(single).toMatchObject({ ...tasks[500], params: good.params, trigger: hourly });
    await test.advance("2026-01-01T01:30:00Z");
    expect((await test.rota.stats.get({})).runs.completed).toBe(1000);
  });

  it("takes what may differ: paused tasks, immediate ones, other queues", async () => {
    await using test = await start();
    const tasks = await test.rota.tasks.createMany([
      { ...good, status: "paused" },
      { ...good, trigger: { kind: "immediate" }, queue: "fast" },
    ]);
    expect(tasks).toMatchObject([{ status: "paused" }, { status: "active" }]);
    await test.advance(1000);
    expect(await test.rota.tasks.get({ id: tasks[1]?.id ?? "" })).toMatchObject({
      status: "completed",
      queue: "fast",
      lastRun: { status: "completed" },
    });
  });

  it.each([
    [
      "a trigger",
      { ...good, trigger: { kind: "cron", expression: "61 * * * *" } },
      "INVALID_TRIGGER",
      "trigger.expression",
    ],
    ["params", { ...good, params: { text: 5 } }, "INVALID_PARAMETERS", "params.text"],
    ["a field that is unknown", { ...good, nmae: "x" }, "VALIDATION_FAILED", "nmae"],
    ["a name that is missing", { type: "echo" }, "VALIDATION_FAILED", "name"],
    ["a type nobody has", { ...good, type: "ecko" }, "EXECUTOR_NOT_FOUND", undefined],
    ["a taken externalId", { ...good, externalId: "taken" }, "ALREADY_EXISTS", undefined],
  ])("stores none when one is refused for %s, and names it", async (_, bad, code, field) => {
    await using test = await start();
    await test.rota.tasks.create({ ...good, externalId: "taken" });
    const items: unknown[] = [good, good, bad, good];
    const error: unknown = await test.rota
      .invoke("tasks.createMany", { items })
      .catch((thrown: unknown) => thrown);
    expect(RotaError.isInstance(error) && error.message).toContain("items.2");
    expect(error).toMatchObject({
      code,
      details: field === undefined ? { index: 2 } : { issues: [{ path: `items.2.${field}` }] },
    });
    expect((await test.rota.tasks.list({})).items).toHaveLength(1);
  });

  it("refuses more than 1,000, and none at all", async () => {
    await using test = await start();
    for (const count of [0, 1001]) {
      const items = Array.from({ length: count }, () => good);
      await expect(test.rota.tasks.createMany(items)).rejects.toMatchObject({ code: "VALIDATION_FAILED" });
    }
    expect((await test.rota.tasks.list({})).items).toEqual([]);
  });
});
