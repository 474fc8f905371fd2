// Claiming: order, fairness, and that no run is given to two.

import { priorityStepMs } from "../../domain/priority.ts";
import type { Topic } from "./topic.ts";

export const claiming: Topic = {
  name: "claiming runs",
  tests: {
    "gives a run to one worker only, however many ask at once": async (scene, expect) => {
      const key = await scene.task();
      const added = await scene.runs(key, 200);
      const workers = await Promise.all(Array.from({ length: 8 }, () => scene.worker()));
      const claims = await Promise.all(
        workers.flatMap((worker) => [scene.claim(worker, { limit: 30 }), scene.claim(worker, { limit: 30 })]),
      );
      const keys = claims.flat().map((run) => run.key);
      expect(keys).toHaveLength(200);
      expect(new Set(keys)).toEqual(new Set(added));
    },
    "gives everything its execution needs": async (scene, expect) => {
      const key = await scene.task({ params: { n: 1 } });
      const runKey = await scene.run(key, { deadlineAtMs: scene.nowMs + 5000, scheduledForMs: 3 });
      const worker = await scene.worker();
      scene.later(10);
      const run = await scene.claimOne(worker);
      expect(run).toEqual({
        key: runKey,
        taskKey: key,
        revision: 1,
        claim: 1,
        attempt: 1,
        recoveries: 0,
        interruptions: 0,
        version: 2,
        dueAtMs: scene.nowMs - 10,
        scheduledForMs: 3,
        claimedAtMs: scene.nowMs,
        startedAtMs: scene.nowMs,
        deadlineAtMs: scene.nowMs - 10 + 5000,
        definition: scene.definition({ params: { n: 1 } }),
      });
      expect(await scene.get(runKey)).toMatchObject({
        status: "running",
        startedAtMs: scene.nowMs,
        attempt: 1,
      });
    },
    "gives a run the definition it pinned, not the newest": async (scene, expect) => {
      const key = await scene.task({ params: "old" });
      await scene.run(key);
      await scene.ledger.tasks.edit(
        { key, expectedRevision: 1, definition: scene.definition({ params: "new" }) },
        scene.nowMs,
      );
      await scene.run(key, { revision: 2 });
      const claimed = await scene.claim(await scene.worker());
      expect(claimed.map((run) => run.definition.params)).toEqual(["old", "new"]);
    },
    "SEM 3: goes by place: priority first, but low work ages and is not starved": async (scene, expect) => {
      const key = await scene.task();
      const low = await scene.run(key, { priority: 3 });
      scene.later(1);
      const normal = await scene.run(key, { priority: 5 });
      const high = await scene.run(key, { priority: 8 });
      scene.later(5 * priorityStepMs);
      const late = await scene.run(key, { priority: 8 });
      const claimed = await scene.claim(await scene.worker());
      expect(claimed.map((run) => run.key)).toEqual([high, normal, low, late]);
    },
    "takes only what it is asked for, and says whether more is there": async (scene, expect) => {
      const key = await scene.task();
      await scene.runs(key, 3);
      const worker = await scene.worker();
      expect(await scene.ask(worker, { limit: 2 })).toMatchObject({ more: true });
      const last = await scene.ask(worker, { limit: 2 });
      expect(last.runs).toHaveLength(1);
      expect(last.more).toBe(false);
    },
    "takes named runs of its queue, in order of place, and skips those that are gone": async (
      scene,
      expect,
    ) => {
      const key = await scene.task();
      const [a = 0, b = 0, c = 0] = await scene.runs(key, 3);
      const elsewhere = await scene.run(await scene.task({ queue: "other" }));
      const worker = await scene.worker();
      await scene.cancel(b);
      const claimed = await scene.claim(worker, { runKeys: [c, b, scene.nobody, a, a, elsewhere] });
      expect(claimed.map((run) => run.key)).toEqual([a, c]);
      expect(await scene.claim(worker, { runKeys: [a] })).toEqual([]);
    },
    "SEM 3: serves concurrency keys in turn, whoever has the longer backlog": async (scene, expect) => {
      const key = await scene.task();
      await scene.runs(key, 20, { concurrencyKey: "greedy" });
      scene.later(1);
      await scene.runs(key, 2, { concurrencyKey: "small" });
      const worker = await scene.worker();
      const order: string[] = [];
      for (let n = 0; n < 5; n++) {
        const run = await scene.claimOne(worker, { limit: 1 });
        order.push((await scene.get(run.key)).concurrencyKey ?? "none");
      }
      expect(order).toEqual(["greedy", "small", "greedy", "small", "greedy"]);
      expect(await scene.claim(worker, { limit: 100 })).toHaveLength(17);
    },
    "SEM 3: neither keyed nor unkeyed work starves the other": async (scene, expect) => {
      const key = await scene.task();
      await scene.runs(key, 10);
      await scene.runs(key, 10, { concurrencyKey: "k" });
      const worker = await scene.worker();
      const first = await scene.claim(worker, { limit: 12 });
      const keyed = first.filter((run) => run.key > 0);
      expect(keyed).toHaveLength(12);
      const kinds = await Promise.all(first.map(async (run) => (await scene.get(run.key)).concurrencyKey));
      expect(kinds.filter((kind) => kind === undefined).length).toBeGreaterThan(1);
      expect(kinds.filter((kind) => kind === "k").length).toBeGreaterThan(0);
      expect(await scene.claim(worker)).toHaveLength(8);
    },
    "leaves runs of types it does not have to workers that do, and they cost later claims nothing": async (
      scene,
      expect,
    ) => {
      const other = await scene.task({ type: "rare" });
      const [rare = 0] = await scene.runs(other, 3);
      const plain = await scene.run(await scene.task());
      const worker = await scene.worker();
      expect((await scene.claim(worker)).map((run) => run.key)).toEqual([plain]);
      expect(await scene.get(rare)).toMatchObject({ status: "pending", heldBy: "type" });
      const able = await scene.worker({ executors: [scene.executor({ type: "rare" })] });
      const claimed = await scene.claim(able, { types: ["rare"], limit: 2 });
      expect(claimed.map((run) => run.key)[0]).toBe(rare);
      expect(claimed).toHaveLength(2);
      expect(await scene.claim(able, { types: ["work", "rare"] })).toHaveLength(1);
    },
    "gives nothing to a worker that has left or was never registered": async (scene, expect) => {
      await scene.run(await scene.task());
      expect(await scene.claim(scene.nobody)).toEqual([]);
      const worker = await scene.worker();
      await scene.ledger.workers.leave(worker, scene.nowMs);
      expect(await scene.claim(worker)).toEqual([]);
    },
    "I7: starts nothing of a paused task, and everything that waited once it is resumed": async (
      scene,
      expect,
    ) => {
      const key = await scene.task();
      await scene.runs(key, 5);
      const retried = await scene.run(key);
      const worker = await scene.worker();
      const all = await scene.claim(worker);
      const last = all.at(-1);
      if (last?.key !== retried) throw new Error("the last run was not claimed last");
      await scene.retry(last);
      await scene.ledger.tasks.pause(key, { actor: "ann" }, scene.nowMs);
      expect(await scene.wait(1000)).toBe(1);
      expect(await scene.claim(worker)).toEqual([]);
      await scene.ledger.tasks.resume(key, undefined, scene.nowMs);
      expect((await scene.claimOne(worker)).key).toBe(retried);
    },
    "starts nothing of a paused queue; what runs goes on": async (scene, expect) => {
      const key = await scene.task();
      const worker = await scene.worker();
      await scene.run(key);
      const running = await scene.claimOne(worker);
      await scene.run(key);
      const row = await scene.ledger.workers.pauseQueue(
        "default",
        { actor: "ann", reason: "deploy", mode: "drain" },
        scene.nowMs,
      );
      expect(row).toMatchObject({
        pausedBy: { actor: "ann", reason: "deploy", mode: "drain" },
        ready: 1,
        running: 1,
      });
      const again = { actor: "bob", mode: "drain" } as const;
      expect(await scene.ledger.workers.pauseQueue("default", again, scene.nowMs)).toMatchObject({
        pausedBy: { actor: "ann", reason: "deploy", mode: "drain" },
      });
      expect(await scene.claim(worker)).toEqual([]);
      expect(await scene.complete(running)).toMatchObject({ ok: true });
      expect((await scene.ledger.workers.resumeQueue("default", scene.nowMs)).pausedBy).toBeUndefined();
      expect(await scene.claim(worker)).toHaveLength(1);
    },
  },
};
