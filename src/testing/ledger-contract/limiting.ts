// Limits of queue, task, key and rate: enforced in the claim, let go by the settlement that frees a slot (SEM 3).

import type { ClaimedRun } from "../../ports/run-ledger.ts";
import type { Topic } from "./topic.ts";

export const limiting: Topic = {
  name: "limits",
  tests: {
    "I8: never has more runs of a task at work than its limit, with eight workers asking at once": async (
      scene,
      expect,
    ) => {
      const key = await scene.task({ concurrency: { limit: 5 } });
      await scene.runs(key, 40);
      const workers = await Promise.all(Array.from({ length: 8 }, () => scene.worker()));
      let done = 0;
      const running = new Map<number, ClaimedRun>();
      while (done < 40) {
        const claimed = (
          await Promise.all(workers.map((worker) => scene.claim(worker, { limit: 10 })))
        ).flat();
        for (const run of claimed) running.set(run.key, run);
        expect(running.size).toBeLessThanOrEqual(5);
        expect(running.size).toBeGreaterThan(0);
        const [first] = running.values();
        if (first === undefined) break;
        await scene.complete(first);
        running.delete(first.key);
        done += 1;
      }
      expect((await scene.ledger.runs.counts()).byStatus.completed).toBe(40);
    },
    "says why a run over its task's limit waits, and lets it go when a slot is free, lowest place first":
      async (scene, expect) => {
        const key = await scene.task({ concurrency: { limit: 1 } });
        const [a, b = 0, c = 0] = await scene.runs(key, 3);
        const worker = await scene.worker();
        const first = await scene.claimOne(worker);
        expect(first.key).toBe(a);
        expect(await scene.get(b)).toMatchObject({ status: "pending", heldBy: "task-limit" });
        await scene.complete(first);
        expect((await scene.claimOne(worker)).key).toBe(b);
        expect(await scene.status(c)).toBe("pending");
      },
    "leaks no slot when what holds it fails, retries, is interrupted or waits, nor when a waiting run is cancelled":
      async (scene, expect) => {
        const key = await scene.task({ concurrency: { limit: 1 } });
        const worker = await scene.worker();
        const keys = await scene.runs(key, 8);
        await scene.fail(await scene.claimOne(worker));
        await scene.retry(await scene.claimOne(worker), 60_000);
        await scene.settle(await scene.claimOne(worker), { kind: "snooze", dueAtMs: scene.nowMs + 60_000 });
        await scene.settle(await scene.claimOne(worker), { kind: "suspend", signal: "go", state: null });
        const fifth = await scene.claimOne(worker);
        await scene.cancel(keys[5] ?? 0);
        await scene.complete(fifth);
        const seventh = await scene.claimOne(worker);
        expect(seventh.key).toBe(keys[6]);
        await scene.settle(seventh, { kind: "interrupt", reason: "shutdown" });
        expect(await scene.claim(worker)).toHaveLength(1);
      },
    "a raised limit acts at once": async (scene, expect) => {
      const key = await scene.task({ concurrency: { limit: 1 } });
      await scene.runs(key, 4);
      const worker = await scene.worker();
      expect(await scene.claim(worker)).toHaveLength(1);
      await scene.ledger.tasks.edit(
        { key, expectedRevision: 1, definition: scene.definition({ concurrency: { limit: 3 } }) },
        scene.nowMs,
      );
      expect(await scene.claim(worker)).toHaveLength(2);
    },
    "holds the runs of one key to the task's limit for each key": async (scene, expect) => {
      const key = await scene.task({ concurrency: { keyLimit: 1 } });
      await scene.runs(key, 3, { concurrencyKey: "a" });
      await scene.runs(key, 3, { concurrencyKey: "b" });
      const worker = await scene.worker();
      const claimed = await scene.claim(worker);
      expect(claimed).toHaveLength(2);
      const [first] = claimed;
      if (first === undefined) return;
      await scene.complete(first);
      const next = await scene.claimOne(worker);
      expect((await scene.get(next.key)).concurrencyKey).toBe((await scene.get(first.key)).concurrencyKey);
    },
    "nobody is woken for a key of which more runs are at work than its limit allows": async (
      scene,
      expect,
    ) => {
      await scene.runs(await scene.task(), 2, { concurrencyKey: "a" });
      const worker = await scene.worker();
      const atWork = await scene.claim(worker);
      const limited = await scene.run(await scene.task({ concurrency: { keyLimit: 1 } }), {
        concurrencyKey: "a",
      });
      const told: string[] = [];
      scene.ledger.onCommit((note) => told.push(...note.runnableQueues));
      expect(await scene.claim(worker)).toEqual([]);
      expect(told).toEqual([]);
      for (const run of atWork) await scene.complete(run);
      expect((await scene.claimOne(worker)).key).toBe(limited);
    },
    "holds a queue to its concurrency, and each of its keys to theirs": async (scene, expect) => {
      await scene.ledger.workers.configureQueue(
        "default",
        { concurrency: 3, keyConcurrency: 1 },
        scene.nowMs,
      );
      const key = await scene.task();
      await scene.runs(key, 4, { concurrencyKey: "a" });
      await scene.runs(key, 4);
      const worker = await scene.worker();
      const claimed = await scene.claim(worker);
      expect(claimed).toHaveLength(3);
      expect(await scene.claim(worker)).toEqual([]);
      for (const run of claimed) await scene.complete(run);
      expect(await scene.claim(worker)).toHaveLength(3);
      expect(await scene.ledger.workers.configureQueue("default", {}, scene.nowMs)).toEqual({
        name: "default",
        ready: 2,
        held: 0,
        running: 3,
      });
      expect(await scene.claim(worker)).toHaveLength(2);
    },
    "holds a queue to its rate, and says when the next may go": async (scene, expect) => {
      await scene.ledger.workers.configureQueue(
        "default",
        { rateLimit: { limit: 3, perMs: 1000 } },
        scene.nowMs,
      );
      const key = await scene.task();
      await scene.runs(key, 8);
      const worker = await scene.worker();
      expect(await scene.claim(worker, { limit: 2 })).toHaveLength(2);
      scene.later(400);
      const third = await scene.ask(worker);
      expect(third.runs).toHaveLength(1);
      expect(third.retryAtMs).toBe(scene.nowMs + 600);
      expect(await scene.ask(worker)).toMatchObject({ runs: [], retryAtMs: scene.nowMs + 600 });
      scene.later(599);
      expect(await scene.claim(worker)).toEqual([]);
      scene.later(1);
      expect(await scene.claim(worker)).toHaveLength(2);
    },
    "a parked backlog of 20,000 does not slow claims": async (scene, expect) => {
      const limited = await scene.task({ concurrency: { limit: 1 } });
      for (let n = 0; n < 20; n++) await scene.runs(limited, 1000);
      const worker = await scene.worker();
      const [first] = await scene.claim(worker, { limit: 1000 });
      while ((await scene.ask(worker, { limit: 1000 })).more);
      const free = await scene.task();
      await scene.runs(free, 100);
      // What was parked is not looked at again: all of the claim are the free task's runs, in one step.
      const claimed = await scene.claim(worker, { limit: 100 });
      expect(claimed.every((run) => run.taskKey === free)).toBe(true);
      expect(claimed).toHaveLength(100);
      if (first !== undefined) await scene.complete(first);
      const next = await scene.claim(worker, { limit: 1000 });
      expect(next).toHaveLength(1);
      expect((await scene.ledger.workers.queue("default"))?.held).toBe(19_998);
    },
  },
};
