// Keeping house: what is old enough goes, what is referred to stays.

import type { Topic } from "./topic.ts";

const day = 86_400_000;
const defaults = { successMs: 7 * day, failureMs: 30 * day };

export const keeping: Topic = {
  name: "keeping house",
  tests: {
    "deletes ended runs after their retention, failures later than successes": async (scene, expect) => {
      const key = await scene.task();
      const worker = await scene.worker();
      const [good = 0, bad = 0, newest = 0] = await scene.runs(key, 3);
      const [a, b, c] = await scene.claim(worker);
      if (a === undefined || b === undefined || c === undefined) return;
      await scene.ledger.runs.saveStep(good, 1, { name: "s", result: 1 }, scene.nowMs);
      await scene.ledger.runs.append(
        [
          {
            runKey: good,
            claim: 1,
            progress: 1,
            logs: [{ atMs: 1, level: "info", message: "m" }],
            output: [1],
          },
        ],
        scene.nowMs,
      );
      await scene.complete(a);
      await scene.fail(b);
      await scene.complete(c);
      scene.later(7 * day);
      expect(await scene.ledger.maintenance.sweep(defaults, 100, scene.nowMs)).toMatchObject({ runs: 0 });
      scene.later(1);
      expect(await scene.ledger.maintenance.sweep(defaults, 100, scene.nowMs)).toMatchObject({
        runs: 1,
        more: false,
      });
      expect(await scene.ledger.runs.get(good)).toBeUndefined();
      expect(await scene.ledger.runs.steps(good)).toEqual([]);
      expect((await scene.ledger.runs.logs(good, { limit: 10 })).items).toEqual([]);
      scene.later(23 * day);
      await scene.ledger.maintenance.sweep(defaults, 100, scene.nowMs);
      expect(await scene.ledger.runs.get(bad)).toBeUndefined();
      expect(await scene.status(newest)).toBe("completed");
    },
    "a task's own retention goes before the defaults": async (scene, expect) => {
      const key = await scene.task({ retention: { successMs: 1000 } });
      const [first = 0] = await scene.runs(key, 2);
      for (const run of await scene.claim(await scene.worker())) await scene.complete(run);
      scene.later(1001);
      expect(await scene.ledger.maintenance.sweep(defaults, 100, scene.nowMs)).toMatchObject({ runs: 1 });
      expect(await scene.ledger.runs.get(first)).toBeUndefined();
    },
    "SEM 16: never deletes a live run nor a task's newest ended one": async (scene, expect) => {
      const [a, b] = [await scene.task(), await scene.task()];
      const worker = await scene.worker();
      const ended = [await scene.run(a), await scene.run(b)];
      for (const run of await scene.claim(worker)) await scene.complete(run);
      const live = await scene.run(a);
      const waiting = await scene.run(await scene.task({ dependsOn: [{ taskKey: a }] }));
      scene.later(100 * day);
      expect(await scene.ledger.maintenance.sweep(defaults, 100, scene.nowMs)).toMatchObject({ runs: 0 });
      expect(await scene.statuses([...ended, live, waiting])).toEqual([
        "completed",
        "completed",
        "pending",
        "blocked",
      ]);
    },
    "a run a live one was made from stays": async (scene, expect) => {
      const key = await scene.task();
      const worker = await scene.worker();
      const origin = await scene.run(key);
      await scene.fail(await scene.claimOne(worker));
      const retried = await scene.run(key, { startedBy: { kind: "retry" }, retryOf: origin });
      await scene.run(key);
      const [, other] = await scene.claim(worker);
      if (other !== undefined) await scene.complete(other);
      scene.later(100 * day);
      await scene.ledger.maintenance.sweep(defaults, 100, scene.nowMs);
      expect(await scene.statuses([origin, retried])).toEqual(["failed", "running"]);
    },
    "the last run of a deleted task may go": async (scene, expect) => {
      const key = await scene.task();
      const runKey = await scene.run(key);
      await scene.complete(await scene.claimOne(await scene.worker()));
      await scene.ledger.tasks.remove(key, scene.nowMs);
      scene.later(8 * day);
      expect(await scene.ledger.maintenance.sweep(defaults, 100, scene.nowMs)).toMatchObject({ runs: 1 });
      expect(await scene.ledger.runs.get(runKey)).toBeUndefined();
    },
    "goes on piece by piece until everything old is gone": async (scene, expect) => {
      const key = await scene.task();
      await scene.runs(key, 50);
      for (const run of await scene.claim(await scene.worker())) await scene.complete(run);
      scene.later(8 * day);
      let deleted = 0;
      for (let n = 0; n < 100; n++) {
        const swept = await scene.ledger.maintenance.sweep(defaults, 7, scene.nowMs);
        expect(swept.runs).toBeLessThanOrEqual(7);
        deleted += swept.runs;
        if (!swept.more) break;
      }
      expect(deleted).toBe(49);
    },
    "deletes old occurrences; their instants stay decided": async (scene, expect) => {
      const key = await scene.scheduled();
      const firing = await scene.firing(key);
      await scene.fire(key);
      await scene.fire(key);
      scene.later(31 * day);
      const swept = await scene.ledger.maintenance.sweep(defaults, 100, scene.nowMs);
      expect(swept.occurrences).toBe(2);
      expect(await scene.decisions(key)).toEqual([]);
      expect(await scene.applyFiring(firing)).toEqual({ ok: false });
    },
    "never gives a deleted run's key to another": async (scene, expect) => {
      const key = await scene.task();
      const runKey = await scene.run(key);
      await scene.complete(await scene.claimOne(await scene.worker()));
      await scene.ledger.tasks.remove(key, scene.nowMs);
      const before = scene.nowMs;
      scene.later(8 * day);
      await scene.ledger.maintenance.sweep(defaults, 100, scene.nowMs);
      scene.nowMs = before;
      expect(await scene.run(await scene.task())).toBeGreaterThan(runKey);
    },
    "says how big it is and in which schema": async (scene, expect) => {
      const info = await scene.ledger.maintenance.info();
      expect(info.bytes).toBeGreaterThan(0);
      expect(info.schemaVersion).toBeGreaterThan(0);
    },
  },
};
