// What holds runs back, and what lets them go again: limits that meet, pauses on the way, edits, retries, fixed delays.

import { describe, expect, it } from "vitest";
import { defineExecutor } from "../../src/executors/define-executor.ts";
import { createTestRota } from "../../src/testing/test-rota.ts";

async function setup() {
  const started: string[] = [];
  const held = new Map<string, (failure?: Error) => void>();
  const code = defineExecutor({
    type: "code",
    pausable: true,
    run: async ({ name }: { readonly name?: string }, ctx) => {
      started.push(name ?? "");
      if (name === undefined) return null;
      await new Promise<void>((resolve, reject) => {
        held.set(name, (failure) => (failure ? reject(failure) : resolve()));
        ctx.signal.addEventListener("abort", () => reject(new Error("stopped")));
      });
      return null;
    },
  });
  const test = await createTestRota({ executors: [code] });
  const finish = async (name: string, failure?: Error): Promise<void> => {
    held.get(name)?.(failure);
    held.delete(name);
    await test.advance(10);
  };
  return { ...test, started, finish };
}

describe("what holds a run", () => {
  it("I8 SEM 3 gives the room that one run does not take to the next that waits for it", async () => {
    await using made = await setup();
    const { rota, started, finish } = made;
    const task = await rota.tasks.create({
      name: "t",
      type: "code",
      concurrency: { limit: 2, key: "params.key", keyLimit: 1 },
    });
    const add = (name: string, key: string) =>
      rota.trigger(task, { params: { name, key } as { name: string } });
    for (const [name, key] of [
      ["1a", "a"],
      ["2b", "b"],
      ["3a", "a"],
      ["4c", "c"],
    ] as const)
      await add(name, key);
    await made.advance(10);
    expect(started).toEqual(["1a", "2b"]);
    await finish("2b");
    expect(started).toEqual(["1a", "2b", "4c"]);
    await finish("1a");
    expect(started).toEqual(["1a", "2b", "4c", "3a"]);
  });

  it("I8 lets the next of a key go when the one before it is cancelled while it waits", async () => {
    await using made = await setup();
    const { rota, started, finish } = made;
    const task = await rota.tasks.create({
      name: "t",
      type: "code",
      concurrency: { key: "one", keyLimit: 1 },
    });
    const runs = [];
    for (const name of ["1", "2", "3"]) runs.push(await rota.trigger(task, { params: { name } }));
    await made.advance(10);
    await rota.queues.pause({ name: "default" });
    await finish("1");
    await rota.runs.cancel({ id: runs[1]?.id ?? "" });
    await rota.queues.resume({ name: "default" });
    await made.advance(10);
    expect(started).toEqual(["1", "3"]);
  });

  it("I7 SEM 12 grants a pause that was asked for while the attempt failed", async () => {
    await using made = await setup();
    const { rota, started, finish } = made;
    const task = await rota.tasks.create({
      name: "t",
      type: "code",
      retry: { maxAttempts: 3, delay: "1s", jitter: "none" },
    });
    const run = await rota.trigger(task, { params: { name: "x" } });
    await made.advance(10);
    await rota.runs.pause({ id: run.id, reason: "wait" });
    await finish("x", new Error("before it came to a checkpoint"));
    await made.advance(60_000);
    expect(await rota.runs.get({ id: run.id })).toMatchObject({
      status: "paused",
      pausedBy: { reason: "wait" },
    });
    expect(started).toEqual(["x"]);
    await rota.runs.resume({ id: run.id });
    await made.advance(1100);
    expect(started).toEqual(["x", "x"]);
  });

  it("SEM 15 a retry after an edit repeats the revision of the run it repeats", async () => {
    await using made = await setup();
    const { rota } = made;
    const task = await rota.tasks.create({ name: "t", type: "code" });
    const run = await rota.trigger(task);
    await made.advance(10);
    await rota.tasks.update({ id: task.id, description: "edited" });
    const again = await rota.runs.retry({ id: run.id });
    await made.advance(10);
    expect(await rota.runs.get({ id: again.id })).toMatchObject({
      status: "completed",
      retryOf: run.id,
      revision: 1,
    });
    await rota.tasks.pause({ id: task.id });
    await expect(rota.runs.retry({ id: run.id })).rejects.toMatchObject({ code: "TASK_PAUSED" });
  });

  it("SEM 5 an edit of the name does not mind that the moment of the task has passed", async () => {
    await using made = await setup();
    const { rota } = made;
    const task = await rota.tasks.create({
      name: "t",
      type: "code",
      trigger: { kind: "at", at: "2026-01-01T00:10:00Z" },
    });
    await made.advance(3_600_000);
    expect(await rota.tasks.update({ id: task.id, name: "renamed" })).toMatchObject({
      name: "renamed",
      status: "completed",
    });
  });

  it("SEM 18 a larger maxRuns lets the schedule go on", async () => {
    await using made = await setup();
    const { rota, started } = made;
    const task = await rota.tasks.create({
      name: "t",
      type: "code",
      trigger: { kind: "interval", every: "1m" },
      maxRuns: 2,
    });
    await made.advance(600_000);
    expect(started).toHaveLength(2);
    await rota.tasks.update({ id: task.id, maxRuns: 4 });
    await made.advance(600_000);
    expect(started).toHaveLength(4);
  });

  it("SEM 5 SEM 17 a fixed-delay task goes on after a pause", async () => {
    await using made = await setup();
    const { rota, started } = made;
    const task = await rota.tasks.create({
      name: "t",
      type: "code",
      trigger: { kind: "interval", every: "10s", mode: "fixed-delay" },
    });
    await made.advance(11_000);
    expect(started).toHaveLength(1);
    await rota.tasks.pause({ id: task.id });
    await made.advance(60_000);
    await rota.tasks.resume({ id: task.id });
    await made.advance(11_000);
    expect(started).toHaveLength(2);
    expect((await rota.tasks.get({ id: task.id })).status).toBe("active");
  });

  it("SEM 16 a run that was blocked, delayed and paused still waits for its time", async () => {
    await using made = await setup();
    const { rota, started, finish } = made;
    const up = await rota.tasks.create({ name: "up", type: "code", params: { name: "up" } });
    const down = await rota.tasks.create({ name: "down", type: "code", dependsOn: [up.id] });
    await rota.trigger(up);
    await made.advance(10);
    const run = await rota.trigger(down, { delayMs: 3_600_000 });
    await rota.runs.pause({ id: run.id });
    await finish("up");
    await rota.runs.resume({ id: run.id });
    await made.advance(60_000);
    expect(started).toEqual(["up"]);
    await made.advance(3_600_000);
    expect(started).toEqual(["up", ""]);
  });

  it("a listener that throws something without a text harms nobody", async () => {
    await using made = await setup();
    const { rota } = made;
    rota.on("*", () => {
      throw Object.create(null);
    });
    rota.on("*", () => Promise.reject(Object.create(null)));
    const run = await rota.trigger(await rota.tasks.create({ name: "t", type: "code" }));
    const result = run.result();
    await made.advance(10);
    expect(await result).toBeNull();
  });
});
