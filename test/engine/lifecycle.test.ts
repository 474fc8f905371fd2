// The life of tasks and of their runs, which are two things: what people do to them, what is told, and what stays apart.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createRota } from "../../src/app/create-rota.ts";
import { defineExecutor } from "../../src/executors/define-executor.ts";
import { createTestRota, type TestRotaOptions } from "../../src/testing/test-rota.ts";

const daily = { kind: "cron", expression: "0 8 * * *", timezone: "Asia/Shanghai" } as const;

/** A Rota with code that ends at once, code that ends after ten minutes, and code that fails. */
async function setup(options: Omit<TestRotaOptions<[]>, "executors" | "tasks"> = {}) {
  const executors = [
    defineExecutor({ type: "note", run: (params) => params }),
    defineExecutor({
      type: "slow",
      run: (_params, ctx) =>
        new Promise<void>((resolve, reject) => {
          test.clock.after(600_000, resolve);
          ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason as Error));
        }),
    }),
    defineExecutor({
      type: "broken",
      retry: { maxAttempts: 1 },
      run: () => {
        throw new Error("no luck");
      },
    }),
  ] as const;
  const test = await createTestRota({ executors, now: "2023-09-30T12:00:00Z", ...options });
  return test;
}

describe("a task and its runs", () => {
  it("S0.2 S0.13 C5 are a rule and its executions, each with the instant it stands for", async () => {
    await using test = await setup();
    const task = await test.rota.tasks.create({ name: "每天早上8点发日报", type: "note", trigger: daily });
    await test.advance("2023-10-02T00:00:00Z");
    const { items } = await test.rota.tasks.runs({ id: task.id });
    expect(items.map((run) => [run.taskId, run.scheduledFor, run.startedBy.kind])).toEqual([
      [task.id, "2023-10-02T00:00:00.000Z", "schedule"],
      [task.id, "2023-10-01T00:00:00.000Z", "schedule"],
    ]);
    expect(items.every((run) => run.id.startsWith("run_"))).toBe(true);
  });

  it("S0.4 S0.50 C4 end apart: a failed run leaves its task active, a paused task leaves its run at work", async () => {
    await using test = await setup();
    const { rota } = test;
    const every = { kind: "interval", every: "1h" } as const;
    const broken = await rota.tasks.create({ name: "broken", type: "broken", trigger: every });
    const slow = await rota.tasks.create({ name: "slow", type: "slow", trigger: every });
    await test.advance(3_600_000);
    await rota.tasks.pause({ id: slow.id });
    expect((await rota.tasks.get({ id: slow.id })).running).toBe(1);
    await test.advance(601_000);
    expect((await rota.tasks.runs({ id: broken.id })).items.map(({ status }) => status)).toEqual(["failed"]);
    expect((await rota.tasks.get({ id: broken.id })).status).toBe("active");
    expect((await rota.tasks.runs({ id: slow.id })).items.map(({ status }) => status)).toEqual(["completed"]);
    expect(await rota.tasks.get({ id: slow.id })).toMatchObject({ status: "paused", running: 0 });
  });

  it("S0.11 S0.12 S0.21 S1.2 C7 tell what is running now and which worker has it, from the ledger", async () => {
    await using test = await setup();
    const { rota } = test;
    const task = await rota.tasks.create({ name: "slow", type: "slow" });
    const run = await rota.trigger(task);
    await test.advance(1000);
    const [worker] = (await rota.workers.list()).items;
    expect(await rota.runs.get({ id: run.id })).toMatchObject({ status: "running", workerId: worker?.id });
    expect((await rota.runs.list({ status: "running" })).items.map(({ id }) => id)).toEqual([run.id]);
    expect((await rota.tasks.get({ id: task.id })).running).toBe(1);
    await test.advance(600_000);
    expect((await rota.runs.list({ status: "running" })).items).toEqual([]);
    expect((await rota.runs.events({ id: run.id })).items.map(({ type }) => type)).toEqual([
      "run.created",
      "run.started",
      "run.completed",
    ]);
  });

  it("S1.6 S1.84 are at work side by side, as many as the process may have", async () => {
    await using test = await setup({ concurrency: 5 });
    const task = await test.rota.tasks.create({ name: "slow", type: "slow" });
    await test.rota.triggerMany(
      task,
      Array.from({ length: 8 }, () => ({})),
    );
    await test.advance(1000);
    expect((await test.rota.tasks.get({ id: task.id })).running).toBe(5);
    await test.advance(600_000);
    expect((await test.rota.tasks.get({ id: task.id })).running).toBe(3);
  });
});

describe("a task", () => {
  it("S0.25 S0.26 S0.57 S1.1 S1.3 S1.22 S1.43 S1.47 S1.81 is created, edited, paused, resumed, triggered, cancelled and deleted", async () => {
    await using test = await setup();
    const { rota } = test;
    const { id } = await rota.tasks.create({
      userId: "ann",
      name: "监控服务器状态",
      type: "note",
      trigger: { kind: "interval", every: 1_800_000 },
    });
    expect(id).toMatch(/^task_/);
    await test.advance(1_801_000);
    expect(await rota.tasks.get({ id })).toMatchObject({ userId: "ann", lastRun: { status: "completed" } });
    expect(await rota.tasks.update({ id, name: "监控" })).toMatchObject({ name: "监控", revision: 2 });
    expect(await rota.tasks.pause({ id })).toMatchObject({ status: "paused" });
    expect(await rota.tasks.resume({ id })).toMatchObject({ status: "active" });
    await rota.trigger(id);
    await test.advance(1000);
    expect((await rota.tasks.runs({ id })).items).toHaveLength(2);
    expect(await rota.tasks.cancel({ id })).toMatchObject({ status: "cancelled" });
    await rota.tasks.delete({ id });
    await test.advance(86_400_000);
    await expect(rota.tasks.get({ id })).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect((await rota.runs.list({ taskId: id })).items).toHaveLength(2);
  });

  it("S1.14 S1.15 keeps its description and whatever metadata it is given", async () => {
    await using test = await setup();
    const metadata = { team: "运维", nested: { list: [1, null, "x"] } };
    const { id } = await test.rota.tasks.create({ name: "t", type: "note", description: "why", metadata });
    expect(await test.rota.tasks.get({ id })).toMatchObject({ description: "why", metadata });
  });

  it("S1.79 C31 that somebody paused is never cleaned up, nor one that has had all its runs", async () => {
    await using test = await setup();
    const { rota } = test;
    const every = { kind: "interval", every: "1h" } as const;
    const paused = await rota.tasks.create({ name: "p", type: "note", trigger: every, status: "paused" });
    const spent = await rota.tasks.create({ name: "s", type: "note", trigger: every, maxRuns: 2 });
    await test.advance(400 * 86_400_000);
    await rota.maintenance.cleanup();
    expect((await rota.tasks.get({ id: paused.id })).status).toBe("paused");
    expect((await rota.tasks.get({ id: spent.id })).status).toBe("completed");
    expect((await rota.tasks.runs({ id: spent.id })).items).toHaveLength(1);
  });
});

describe("explain", () => {
  it("S1.91 N2 says why a run waits and why a task does not fire: a dependency, no room, a pause", async () => {
    await using test = await setup();
    const { rota } = test;
    await rota.queues.update({ name: "default", concurrency: 1 });
    const slow = await rota.tasks.create({ name: "slow", type: "slow", trigger: daily });
    const after = await rota.tasks.create({ name: "after", type: "note", dependsOn: [slow.id] });
    const blocked = await rota.trigger(after);
    await rota.trigger(slow);
    await test.advance(1000);
    const crowded = await rota.trigger(await rota.tasks.create({ name: "note", type: "note" }));
    const codes = async (id: string) =>
      (await rota.runs.explain({ id })).causes.map(({ code }) => code).join(" ");
    expect(await codes(blocked.id)).toContain("BLOCKED");
    expect(await codes(crowded.id)).toContain("QUEUE_LIMIT");
    await rota.tasks.pause({ id: slow.id, reason: "holiday" });
    const explained = await rota.tasks.explain({ id: slow.id });
    expect(explained.causes.map(({ code }) => code)).toContain("TASK_PAUSED");
    expect(explained.summary.zh).toContain("暂停");
  });
});

describe("what is stored in a file", () => {
  it("S0.3 S0.9 S0.10 S0.24 S0.52 S1.6 C7 is there after a restart: rules, their times, history and results", async () => {
    const folder = mkdtempSync(join(tmpdir(), "rota-lifecycle-"));
    const database = `sqlite:${join(folder, "rota.db")}`;
    const note = defineExecutor({ type: "note", run: (params) => params });
    try {
      const first = await createRota({ database, executors: [note] });
      const task = await first.tasks.create({ name: "日报", type: "note", params: { n: 1 }, trigger: daily });
      const gone = await first.tasks.create({ name: "gone", type: "note" });
      const run = await first.trigger(task);
      await run.result();
      await first.tasks.update({ id: task.id, description: "edited" });
      await first.tasks.delete({ id: gone.id });
      const before = await first.tasks.get({ id: task.id });
      const history = await first.runs.events({ id: run.id });
      await first.stop();

      const second = await createRota({ database, executors: [note], start: false });
      expect(await second.tasks.get({ id: task.id })).toEqual(before);
      expect((await second.tasks.list()).items.map(({ id }) => id)).toEqual([task.id]);
      expect(await second.runs.get({ id: run.id })).toMatchObject({
        status: "completed",
        result: { data: { n: 1 } },
      });
      expect(await second.runs.events({ id: run.id })).toEqual(history);
      await second.stop();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
