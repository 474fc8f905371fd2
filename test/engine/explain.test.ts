// What explain says, end to end: the cause that really holds, and what really happened last.

import { describe, expect, it } from "vitest";
import { createRota } from "../../src/app/create-rota.ts";
import { defineExecutor } from "../../src/executors/define-executor.ts";
import { openSqliteLedger } from "../../src/ledgers/sqlite/index.ts";
import { Scene } from "../../src/testing/ledger-contract/scene.ts";
import { createTestRota } from "../../src/testing/test-rota.ts";

async function setup() {
  const release: (() => void)[] = [];
  const deaf = defineExecutor({
    type: "deaf",
    run: () => new Promise<null>((resolve) => release.push(() => resolve(null))),
  });
  const test = await createTestRota({ executors: [deaf], concurrency: 2, grace: "1s" });
  return { ...test, releaseAll: () => release.splice(0).forEach((go) => go()) };
}

describe("explain", () => {
  it("S1.91 says that no slot is free, and how many are held by code that was given up", async () => {
    await using test = await setup();
    const { rota } = test;
    const task = await rota.tasks.create({ name: "t", type: "deaf" });
    const [lost, works, waits] = [
      await rota.trigger(task),
      await rota.trigger(task),
      await rota.trigger(task),
    ];
    const why = async () => (await rota.runs.explain({ id: waits.id })).causes[0];
    await test.advance(1000);
    expect(await why()).toMatchObject({
      code: "NO_FREE_SLOT",
      message: { en: "all 2 slots of its workers are taken" },
    });
    await rota.runs.cancel({ id: lost.id });
    await test.advance(5000);
    expect(await rota.runs.get({ id: lost.id })).toMatchObject({
      status: "cancelled",
      cancel: { stateOnly: true },
    });
    expect((await why())?.message.en).toBe(
      "all 2 slots of its workers are taken, 1 of them by code that was given up and has not returned",
    );
    expect((await rota.runs.get({ id: works.id })).status).toBe("running");
    test.releaseAll();
    await test.advance(2000);
    expect((await rota.runs.get({ id: waits.id })).status).toBe("running");
    test.releaseAll();
  });

  it("S1.91 tells an attempt that timed out from one that failed", async () => {
    const slow = defineExecutor({
      type: "slow",
      run: (_params, ctx) =>
        new Promise<null>((_resolve, reject) =>
          ctx.signal.addEventListener("abort", () => reject(new Error("stopped"))),
        ),
    });
    const broken = defineExecutor({
      type: "broken",
      run: () => {
        throw Object.assign(new Error("no luck"), { code: "TIMEOUT" });
      },
    });
    await using test = await createTestRota({ executors: [slow, broken] });
    const { rota } = test;
    const retry = { maxAttempts: 2, delay: "1h", jitter: "none" } as const;
    const late = await rota.trigger(
      await rota.tasks.create({ name: "s", type: "slow", timeout: "5s", retry }),
    );
    const failed = await rota.trigger(await rota.tasks.create({ name: "b", type: "broken", retry }));
    await test.advance(10_000);
    const ends = async (id: string) => (await rota.runs.attempts({ id })).items.map(({ endedBy }) => endedBy);
    expect(await ends(late.id)).toEqual(["timed_out"]);
    expect(await ends(failed.id)).toEqual(["failed"]);
    expect((await rota.runs.explain({ id: late.id })).summary.en).toMatch(
      /^attempt 1 timed out \(the attempt took longer than its timeout of 5000 ms\); it is tried again/u,
    );
    expect((await rota.runs.explain({ id: failed.id })).summary.en).toMatch(
      /^attempt 1 failed \(no luck\); it is tried again/u,
    );
    await test.advance(3_700_000);
    expect(await ends(late.id)).toEqual(["timed_out", "timed_out"]);
  });

  it("SEM 19 names the last instant of a stretch, not its first", async () => {
    await using test = await setup();
    const { rota } = test;
    const task = await rota.tasks.create({
      name: "t",
      type: "deaf",
      trigger: { kind: "cron", expression: "* * * * *" },
    });
    await rota.tasks.pause({ id: task.id });
    await test.advance("2026-01-01T00:10:30Z");
    await rota.tasks.resume({ id: task.id });
    const { causes } = await rota.tasks.explain({ id: task.id });
    expect(causes.find(({ code }) => code === "LAST_OCCURRENCE")?.message.en).toBe(
      "its last instant 2026-01-01T00:10:00.000Z was skipped (paused)",
    );
  });

  it("S1.91 names the run that is at work now, of those that may have killed their process", async () => {
    const nowMs = Date.UTC(2026, 2, 2, 9);
    const ledger = await openSqliteLedger({ database: "memory:", host: "main", nowMs, idSeed: 1 });
    const scene = new Scene(ledger);
    await scene.runs(await scene.task(), 2);
    for (let death = 1; death <= 2; death++) {
      await scene.claim(await scene.worker());
      await ledger.workers.recover({ judgedMs: 0, exceptWorker: scene.nobody }, scene.nowMs);
    }
    const started = Promise.withResolvers<string>();
    const work = defineExecutor({
      type: "work",
      run: (_params, { runId, signal }) => {
        started.resolve(runId);
        return new Promise<null>((resolve) => signal.addEventListener("abort", () => resolve(null)));
      },
    });
    const rota = await createRota({ ledger, executors: [work] });
    const atWork = await started.promise;
    const { items } = await rota.runs.list({});
    const waits = items.find(({ id }) => id !== atWork)?.id ?? "";
    expect((await rota.runs.explain({ id: waits })).causes[0]).toEqual({
      code: "HELD_SUSPECT",
      message: {
        en: `its process died twice while it was at work, and such runs go one at a time; ${atWork} is at work now`,
        zh: `其所在进程已两次崩溃，此类运行逐个执行；当前正在执行 ${atWork}`,
      },
      details: { heldBy: "suspect", runId: atWork },
    });
    await rota.stop({ graceMs: 0 });
    await ledger.close();
  });
});
