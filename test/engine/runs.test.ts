// Runs end to end under virtual time: retries, timeouts, dependencies, waits, steps, limits, events and statistics.

import { describe, expect, it } from "vitest";
import { NonRetryableError, RetryAfterError } from "../../src/domain/errors.ts";
import { failureResult, snooze, successResult } from "../../src/domain/outcome.ts";
import { defineExecutor } from "../../src/executors/define-executor.ts";
import type { RunContext } from "../../src/ports/executor.ts";
import { createTestRota } from "../../src/testing/test-rota.ts";

type Act = (ctx: RunContext) => unknown;

/** A Rota with one executor whose behaviour each test states. */
async function setup(act: Act, options: { readonly concurrency?: number } = {}) {
  const attempts: number[] = [];
  const code = defineExecutor({
    type: "code",
    run: (_params, ctx) => {
      attempts.push(ctx.attempt);
      return act(ctx);
    },
  });
  const test = await createTestRota({ executors: [code], ...options });
  return { test, attempts, ...test };
}

describe("a run", () => {
  it("S1.4 S1.7 S1.8 S1.12 S1.31 S1.82 P1 is tried again with growing delays, then fails", async () => {
    const { test, rota, attempts } = await setup(() => {
      throw new Error("no luck");
    });
    const task = await rota.tasks.create({
      name: "t",
      type: "code",
      retry: { maxAttempts: 3, delay: "10s", jitter: "none" },
    });
    const run = await rota.trigger(task);
    await test.advance(9000);
    expect(attempts).toEqual([1]);
    expect((await rota.runs.get({ id: run.id })).status).toBe("retrying");
    await test.advance(1100);
    expect(attempts).toEqual([1, 2]);
    await test.advance(20_100);
    expect(attempts).toEqual([1, 2, 3]);
    expect(await rota.runs.get({ id: run.id })).toMatchObject({
      status: "failed",
      attempt: 3,
      error: { message: "no luck", retryable: true },
    });
    expect((await rota.runs.attempts({ id: run.id })).items.map((each) => each.attempt)).toEqual([1, 2, 3]);
    await test[Symbol.asyncDispose]();
  });

  it("S1.89 does not repeat what says it is useless, and waits as long as it is told", async () => {
    const fatal = await setup(() => {
      throw new NonRetryableError("never");
    });
    const run = await fatal.rota.trigger(await fatal.rota.tasks.create({ name: "t", type: "code" }));
    await fatal.test.advance(600_000);
    expect(fatal.attempts).toEqual([1]);
    expect((await fatal.rota.runs.get({ id: run.id })).error?.retryable).toBe(false);
    await fatal.test[Symbol.asyncDispose]();

    const later = await setup((ctx) => {
      if (ctx.attempt === 1) throw new RetryAfterError("busy", 45_000);
      return "ok";
    });
    const second = await later.rota.trigger(await later.rota.tasks.create({ name: "t", type: "code" }));
    await later.test.advance(44_000);
    expect(later.attempts).toEqual([1]);
    await later.test.advance(2000);
    expect((await later.rota.runs.get({ id: second.id })).status).toBe("completed");
    await later.test[Symbol.asyncDispose]();
  });

  it("S1.9 S1.32 S1.83 C17 SEM 36 a timeout ends the attempt, is retried like a failure, and is a state of its own", async () => {
    const { test, rota, attempts } = await setup(
      (ctx) =>
        new Promise((_resolve, reject) =>
          ctx.signal.addEventListener("abort", () => reject(new Error("stopped"))),
        ),
    );
    const task = await rota.tasks.create({
      name: "t",
      type: "code",
      timeout: "5s",
      retry: { maxAttempts: 2, delay: "1s", jitter: "none" },
    });
    const run = await rota.trigger(task);
    await test.advance(60_000);
    expect(attempts).toEqual([1, 2]);
    expect(await rota.runs.get({ id: run.id })).toMatchObject({
      status: "timed_out",
      error: { code: "TIMEOUT" },
    });
    await test[Symbol.asyncDispose]();
  });

  it("SEM 36 a run that never begins expires, and one that takes too long meets its deadline", async () => {
    const { test, rota } = await setup(
      (ctx) =>
        new Promise((_resolve, reject) =>
          ctx.signal.addEventListener("abort", () => reject(new Error("stopped"))),
        ),
      { concurrency: 1 },
    );
    const task = await rota.tasks.create({ name: "t", type: "code", deadline: "1m" });
    const first = await rota.trigger(task);
    const second = await rota.trigger(task, { expireAfterMs: 10_000 });
    await test.advance(11_000);
    expect(await rota.runs.get({ id: second.id })).toMatchObject({
      status: "timed_out",
      error: { code: "EXPIRED" },
    });
    await test.advance(120_000);
    expect(await rota.runs.get({ id: first.id })).toMatchObject({
      status: "timed_out",
      error: { code: "DEADLINE" },
    });
    await test[Symbol.asyncDispose]();
  });

  it("S1.5 S1.10 SEM 16 waits for the tasks it depends on, and fails when one of them does", async () => {
    let fails = false;
    const { test, rota } = await setup((ctx) => {
      if (fails) throw new NonRetryableError("upstream broke");
      return ctx.runId;
    });
    const up = await rota.tasks.create({ name: "up", type: "code" });
    const down = await rota.tasks.create({ name: "down", type: "code", dependsOn: [up.id] });
    const blocked = await rota.trigger(down);
    await test.advance(1000);
    expect((await rota.runs.get({ id: blocked.id })).status).toBe("blocked");
    expect((await rota.runs.explain({ id: blocked.id })).causes[0]?.code).toBe("BLOCKED");
    await rota.trigger(up);
    await test.advance(1000);
    expect((await rota.runs.get({ id: blocked.id })).status).toBe("completed");
    fails = true;
    await rota.trigger(up);
    const doomed = await rota.trigger(down);
    await test.advance(1000);
    expect(await rota.runs.get({ id: doomed.id })).toMatchObject({
      status: "failed",
      error: { code: "DEPENDENCY_FAILED" },
    });
    await expect(rota.tasks.update({ id: up.id, dependsOn: [down.id] })).rejects.toMatchObject({
      code: "DEPENDENCY_CYCLE",
    });
    await test[Symbol.asyncDispose]();
  });

  it("S1.11 S4.6 C19 starts the urgent first", async () => {
    const order: string[] = [];
    const { test, rota } = await setup((ctx) => void order.push(ctx.taskId), { concurrency: 1 });
    await rota.queues.update({ name: "default" });
    await rota.queues.pause({ name: "default" });
    const low = await rota.tasks.create({ name: "low", type: "code", priority: "low" });
    const high = await rota.tasks.create({ name: "high", type: "code", priority: "critical" });
    await rota.trigger(low);
    await rota.trigger(high);
    await rota.queues.resume({ name: "default" });
    await test.advance(1000);
    expect(order).toEqual([high.id, low.id]);
    await test[Symbol.asyncDispose]();
  });

  it("S1.90 P3 I8 never runs more at once than its task's limit, and uses what becomes free", async () => {
    let now = 0;
    let most = 0;
    const { test, rota } = await setup(async () => {
      most = Math.max(most, ++now);
      await new Promise<void>((resolve) => test.clock.after(1000, resolve));
      now--;
    });
    const task = await rota.tasks.create({ name: "t", type: "code", concurrency: { limit: 3 } });
    await rota.triggerMany(
      task,
      Array.from({ length: 20 }, () => ({})),
    );
    await test.advance(60_000);
    expect(most).toBe(3);
    expect((await rota.stats.get()).runs.completed).toBe(20);
    await test[Symbol.asyncDispose]();
  });

  it("P7 SEM 8 sleeps without holding a slot and does not repeat finished steps", async () => {
    const done: string[] = [];
    const { test, rota } = await setup(
      async (ctx) => {
        await ctx.step("charge", () => void done.push("charge"));
        await ctx.sleep(3_600_000);
        await ctx.step("ship", () => void done.push("ship"));
        return done.length;
      },
      { concurrency: 1 },
    );
    const task = await rota.tasks.create({ name: "t", type: "code" });
    const run = await rota.trigger(task);
    await test.advance(1000);
    expect(await rota.runs.get({ id: run.id })).toMatchObject({ status: "waiting", attempt: 1 });
    await test.advance(3_700_000);
    expect(done).toEqual(["charge", "ship"]);
    expect(await rota.runs.get({ id: run.id })).toMatchObject({
      status: "completed",
      attempt: 1,
      result: { data: 2 },
    });
    await test[Symbol.asyncDispose]();
  });

  it("SEM 8 asks a person, waits for a signal, and snoozes without using an attempt", async () => {
    let naps = 0;
    const { test, rota } = await setup(async (ctx) => {
      if (naps++ < 2) return snooze(5000);
      const answer = await ctx.ask({ prompt: "go on?", options: ["yes", "no"] });
      const payload = await ctx.waitFor("paid");
      return { answer, payload };
    });
    const run = await rota.trigger(await rota.tasks.create({ name: "t", type: "code" }));
    await test.advance(11_000);
    expect(await rota.runs.get({ id: run.id })).toMatchObject({
      status: "waiting",
      question: { prompt: "go on?" },
    });
    await rota.runs.answer({ id: run.id, answer: "yes" });
    await test.advance(100);
    await rota.runs.signal({ id: run.id, name: "paid", payload: { amount: 5 } });
    await test.advance(100);
    expect(await rota.runs.get({ id: run.id })).toMatchObject({
      status: "completed",
      attempt: 1,
      result: { data: { answer: "yes", payload: { amount: 5 } } },
    });
    await test[Symbol.asyncDispose]();
  });

  it("S2.3–S2.11 S2.30 C21 has one envelope, whether it returns data, a result, or throws", async () => {
    const results: Act[] = [
      () => ({ n: 1 }),
      () => successResult("well done", { n: 2 }),
      () => failureResult("not today", { retryable: false }),
      () => Promise.reject(new NonRetryableError("thrown")),
    ];
    const { test, rota } = await setup((ctx) => results.shift()?.(ctx));
    const task = await rota.tasks.create({ name: "t", type: "code" });
    const runs = [];
    for (let i = 0; i < 4; i++) {
      const { id } = await rota.trigger(task);
      await test.advance(100);
      runs.push((await rota.runs.get({ id })).result);
    }
    expect(runs[0]).toMatchObject({ success: true, data: { n: 1 }, error: null, metadata: {} });
    expect(runs[1]).toMatchObject({ success: true, message: "well done", data: { n: 2 } });
    expect(runs[2]).toMatchObject({
      success: false,
      message: "not today",
      error: { code: "EXECUTION_FAILED" },
    });
    expect(runs[3]).toMatchObject({ success: false, error: { message: "thrown", retryable: false } });
    expect(runs.every((result) => typeof result?.duration === "number")).toBe(true);
    expect(JSON.parse(JSON.stringify(runs))).toEqual(runs);
    await test[Symbol.asyncDispose]();
  });

  it("S1.73 S1.85 calls back for what happened, with its number in the run", async () => {
    const { test, rota } = await setup(() => "done");
    const heard: string[] = [];
    rota.on("run.created", (event) => void heard.push(`created ${event.seq}`));
    rota.on("run.started", (event) => void heard.push(`started ${event.seq}`));
    rota.on("run.completed", async (event) => {
      const run = await rota.runs.get({ id: event.runId ?? "" });
      heard.push(`completed ${event.seq} ${JSON.stringify(run.result?.data)}`);
    });
    await rota.trigger(await rota.tasks.create({ name: "t", type: "code" }));
    await test.advance(100);
    expect(heard).toEqual(["created 1", "started 2", 'completed 3 "done"']);
    await test[Symbol.asyncDispose]();
  });

  it("S1.50 S1.75 S1.77 S1.87 C32 counts every state; S1.78 C31 cleanup deletes what is old and keeps the newest", async () => {
    const { test, rota } = await setup(() => "done");
    const task = await rota.tasks.create({ name: "t", type: "code" });
    await rota.triggerMany(task, [{}, {}, {}]);
    await test.advance(1000);
    expect((await rota.stats.get()).runs).toMatchObject({
      total: 3,
      completed: 3,
      retrying: 0,
      timed_out: 0,
    });
    await test.advance(8 * 86_400_000);
    await rota.maintenance.cleanup();
    expect((await rota.runs.list()).items).toHaveLength(1);
    expect((await rota.tasks.get({ id: task.id })).status).toBe("active");
    await test[Symbol.asyncDispose]();
  });

  it("P6 N9 S0.14 SEM 9 a cancel reaches running code, says who and why, and abandons honestly what cannot be stopped", async () => {
    const { test, rota } = await setup(() => new Promise(() => undefined));
    const run = await rota.trigger(await rota.tasks.create({ name: "t", type: "code" }));
    await test.advance(100);
    await rota.runs.cancel({ id: run.id, reason: "enough", grace: "5s" });
    await test.advance(1000);
    expect((await rota.runs.get({ id: run.id })).status).toBe("cancelling");
    await test.advance(5000);
    expect(await rota.runs.get({ id: run.id })).toMatchObject({
      status: "cancelled",
      cancel: { cause: "user", reason: "enough", stateOnly: true },
    });
    await test[Symbol.asyncDispose]();
  });

  it("S1.18 S1.19 C10 SEM 12 pauses at a checkpoint with its clock stopped, and goes on", async () => {
    const { test, rota } = await (async () => {
      const stepper = defineExecutor({
        type: "stepper",
        pausable: true,
        run: async (_params, ctx) => {
          for (let i = 0; i < 10; i++) {
            await ctx.checkpoint();
            await new Promise<void>((resolve) => made.clock.after(1000, resolve));
          }
          return "through";
        },
      });
      const made = await createTestRota({ executors: [stepper] });
      return { test: made, rota: made.rota };
    })();
    const run = await rota.trigger(await rota.tasks.create({ name: "t", type: "stepper", timeout: "30s" }));
    await test.advance(2500);
    await rota.runs.pause({ id: run.id, reason: "lunch" });
    await test.advance(3_600_000);
    expect(await rota.runs.get({ id: run.id })).toMatchObject({
      status: "paused",
      pausedBy: { reason: "lunch" },
    });
    await rota.runs.resume({ id: run.id });
    await test.advance(20_000);
    expect(await rota.runs.get({ id: run.id })).toMatchObject({ status: "completed", attempt: 1 });
    await test[Symbol.asyncDispose]();
  });

  it("S2.28 S2.29 C22 refuses unknown types and params that do not fit, naming them", async () => {
    const { test, rota } = await setup(() => undefined);
    await expect(rota.invoke("tasks.create", { name: "t", type: "unknown_type" })).rejects.toMatchObject({
      code: "EXECUTOR_NOT_FOUND",
      details: { type: "unknown_type" },
    });
    await expect(
      rota.invoke("tasks.create", { name: "t", type: "http", params: { url: 5 } }),
    ).rejects.toMatchObject({ code: "INVALID_PARAMETERS" });
    await test[Symbol.asyncDispose]();
  });

  it("S2.23 P17 stop waits for what runs, and gives back what does not end", async () => {
    const { test, rota } = await setup(() => new Promise(() => undefined));
    await rota.trigger(await rota.tasks.create({ name: "t", type: "code" }));
    await test.advance(10);
    const stopping = rota.stop({ graceMs: 5000 });
    await test.advance(10_000);
    await stopping;
    await expect(rota.trigger("task_01m7z3p202e00apkm7whsrep2c")).rejects.toMatchObject({ code: "CLOSED" });
  });
});
