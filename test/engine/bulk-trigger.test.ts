// Many runs of a task at once: all of them or none.

import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineExecutor } from "../../src/executors/define-executor.ts";
import { createTestRota } from "../../src/testing/test-rota.ts";

async function setup() {
  const seen: number[] = [];
  const count = defineExecutor({
    type: "count",
    params: z.object({ at: z.number() }),
    run: ({ at }) => void seen.push(at),
  });
  return { ...(await createTestRota({ executors: [count] })), seen };
}

describe("many triggers at once", () => {
  it("SEM 20 make their runs in order", async () => {
    await using made = await setup();
    const { rota, seen } = made;
    const task = await rota.tasks.create({ name: "t", type: "count", params: { at: 0 } });
    const items = Array.from({ length: 1000 }, (_, at) => ({ params: { at } }));
    const { runs } = await rota.tasks.triggerMany({ id: task.id, items });
    expect(runs.map(({ params }) => params)).toEqual(items.map(({ params }) => params));
    await made.advance(1000);
    expect(seen).toEqual(items.map(({ params }) => params.at));
    const tooMany = { id: task.id, items: [...items, { params: { at: 1 } }] };
    await expect(rota.tasks.triggerMany(tooMany)).rejects.toMatchObject({ code: "VALIDATION_FAILED" });
  });

  it("SEM 20 store nothing when one of them is refused, and name it", async () => {
    await using made = await setup();
    const { rota } = made;
    const task = await rota.tasks.create({ name: "t", type: "count", params: { at: 0 }, overlap: "queue" });
    const items = [{ params: { at: 1 } }, { params: { at: 2 } }, { params: { at: "three" } }];
    await expect(rota.tasks.triggerMany({ id: task.id, items })).rejects.toMatchObject({
      code: "INVALID_PARAMETERS",
      message: expect.stringContaining("items.2: params.at") as string,
      details: { index: 2, issues: [{ path: "items.2.params.at" }] },
    });
    await expect(rota.tasks.triggerMany({ id: task.id, items: [{}, {}, {}] })).rejects.toMatchObject({
      code: "OVERLAP",
      details: { index: 2, runId: expect.any(String) as string },
    });
    await expect(rota.triggerMany(task, [{}, { priority: 11 }])).rejects.toMatchObject({
      code: "VALIDATION_FAILED",
      details: { index: 1, issues: [{ path: "items.1.priority" }] },
    });
    expect((await rota.tasks.runs({ id: task.id })).items).toEqual([]);
    const key = { dedup: { key: "k", onConflict: "reject" } } as const;
    await expect(rota.triggerMany(task, [key, key])).rejects.toMatchObject({
      code: "ALREADY_EXISTS",
      details: { index: 1 },
    });
    expect((await rota.tasks.runs({ id: task.id })).items).toEqual([]);
  });

  it("SEM 20 are made again from the task as it is, when it was edited meanwhile", async () => {
    await using made = await setup();
    const { rota } = made;
    const task = await rota.tasks.create({ name: "t", type: "count", params: { at: 0 } });
    await rota.trigger(task);
    const [runs] = await Promise.all([
      rota.triggerMany(task, [{}, {}]),
      rota.tasks.update({ id: task.id, params: { at: 7 } }),
    ]);
    expect(runs).toHaveLength(2);
  });
});
