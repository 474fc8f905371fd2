// Executors end to end: registered when Rota starts, found by their type, performed by the scheduler or by hand.

import { describe, expect, it } from "vitest";
import { z } from "zod";
import { defineExecutor } from "../../src/executors/define-executor.ts";
import { createTestRota } from "../../src/testing/test-rota.ts";

function setup() {
  const released: string[] = [];
  const content = defineExecutor({
    type: "content_generation",
    version: "1.2.0",
    params: z.object({ account_id: z.int(), topic: z.string(), content_type: z.enum(["text", "video"]) }),
    run: ({ topic, content_type }, ctx) => {
      try {
        if (topic === "") throw new Error("nothing to write about");
        return { title: `${content_type}: ${topic}` };
      } finally {
        released.push(ctx.runId);
      }
    },
  });
  const publishing = defineExecutor({ type: "publishing", run: (params) => ({ published: params }) });
  return { executors: [content, publishing] as const, released };
}

describe("executors", () => {
  it("S2.16 S2.17 S2.20 S2.24 S2.31 are registered when Rota starts: a new type is one definition more", async () => {
    const { executors } = setup();
    await using test = await createTestRota({ executors });
    const { items } = await test.rota.executors.list();
    expect(items.map(({ type, version }) => `${type} ${version}`).toSorted()).toEqual([
      "content_generation 1.2.0",
      "http 1",
      "publishing 1",
    ]);
    await expect(
      createTestRota({ executors: [...executors, defineExecutor({ type: "publishing", run: () => null })] }),
    ).rejects.toMatchObject({ code: "VALIDATION_FAILED" });
  });

  it("S2.19 C22 are found by their type, and an unknown one is said to be unknown", async () => {
    await using test = await createTestRota({ executors: setup().executors });
    expect(await test.rota.executors.get({ type: "content_generation" })).toMatchObject({ version: "1.2.0" });
    await expect(test.rota.executors.get({ type: "unknown_type" })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  });

  it("S2.18 S2.25 are performed by the schedule and by hand, and what they hold is released, whatever happens", async () => {
    const { executors, released } = setup();
    await using test = await createTestRota({ executors, now: "2026-01-01T00:00:00Z" });
    const { rota } = test;
    const params = { account_id: 7, topic: "cats", content_type: "text" } as const;
    const task = await rota.tasks.create({
      name: "content",
      type: "content_generation",
      params,
      trigger: { kind: "daily", times: ["08:00"] },
      retry: { maxAttempts: 1 },
      overlap: "allow",
    });
    await test.advance("2026-01-01T08:00:01Z");
    const byHand = await rota.trigger(task, { params: { ...params, content_type: "video" } });
    const failing = await rota.trigger(task, { params: { ...params, topic: "" } });
    await test.advance(1000);
    expect(await byHand.result()).toEqual({ title: "video: cats" });
    expect((await rota.runs.get({ id: failing.id })).result).toMatchObject({
      success: false,
      error: { message: "nothing to write about" },
    });
    const runs = (await rota.tasks.runs({ id: task.id })).items.map(({ id }) => id);
    expect(runs).toHaveLength(3);
    expect(released.toSorted()).toEqual(runs.toSorted());
  });

  it("S1.41 S2.21 S2.22 do nothing before start(), and say whether they are at work", async () => {
    await using test = await createTestRota({ executors: setup().executors, start: false });
    const { rota } = test;
    const run = await rota.trigger(
      await rota.tasks.create({ name: "p", type: "publishing", params: { id: 1 } }),
    );
    await test.advance(60_000);
    expect(rota.isDeciding).toBe(false);
    expect((await rota.runs.get({ id: run.id })).status).toBe("pending");
    await rota.start();
    await test.advance(1000);
    expect(rota.isDeciding).toBe(true);
    expect(await run.result()).toEqual({ published: { id: 1 } });
    await rota.stop({ graceMs: 0 });
    expect(rota.isDeciding).toBe(false);
  });
});
