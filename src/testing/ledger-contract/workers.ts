// Workers, their beats and executors; queues; roles.

import { leaseMs } from "../../ports/worker-ledger.ts";
import type { Topic } from "./topic.ts";

export const workers: Topic = {
  name: "workers, queues and roles",
  tests: {
    "gives each worker a key of its own and lists it with its lease": async (scene, expect) => {
      const first = await scene.worker({ name: "a", pid: 7, queues: ["default", "mail"], concurrency: 3 });
      const second = await scene.worker({ name: "b" });
      expect(second).toBeGreaterThan(first);
      const rows = await scene.ledger.workers.workers(scene.nowMs);
      expect(rows.find((row) => row.key === first)).toEqual({
        key: first,
        name: "a",
        pid: 7,
        queues: ["default", "mail"],
        types: ["work"],
        concurrency: 3,
        running: 0,
        startedAtMs: scene.nowMs,
        leaseUntilMs: scene.nowMs + leaseMs,
        status: "live",
      });
      scene.later(leaseMs);
      expect((await scene.ledger.workers.workers(scene.nowMs)).map((row) => row.status)).toEqual([
        "gone",
        "gone",
      ]);
    },
    "a beat renews the lease": async (scene, expect) => {
      const workerKey = await scene.worker();
      scene.later(20_000);
      expect((await scene.ledger.workers.beat({ workerKey, running: [] }, scene.nowMs)).alive).toBe(true);
      expect((await scene.ledger.workers.workers(scene.nowMs))[0]?.leaseUntilMs).toBe(scene.nowMs + leaseMs);
      expect(await scene.ledger.workers.recover({ judgedMs: scene.nowMs + leaseMs }, scene.nowMs)).toEqual({
        repeated: 0,
        failed: 0,
        cancelled: 0,
      });
      expect((await scene.ledger.workers.beat({ workerKey, running: [] }, scene.nowMs)).alive).toBe(true);
    },
    "a beat names claims the worker no longer has, and gives back those it never heard of": async (
      scene,
      expect,
    ) => {
      const key = await scene.task();
      await scene.runs(key, 2);
      const workerKey = await scene.worker();
      const [known, unknown] = await scene.claim(workerKey);
      if (known === undefined || unknown === undefined) return;
      // A claim answered in this very turn counts as still on its way.
      await scene.ledger.workers.queues();
      scene.later(1000);
      const beat = await scene.ledger.workers.beat(
        {
          workerKey,
          running: [
            { runKey: known.key, claim: 1 },
            { runKey: scene.nobody, claim: 1 },
          ],
        },
        scene.nowMs,
      );
      expect(beat).toMatchObject({ alive: true, lost: [scene.nobody], givenBack: [unknown.key] });
      expect(await scene.get(unknown.key)).toMatchObject({ status: "pending", interruptions: 1 });
      expect((await scene.claimOne(workerKey)).key).toBe(unknown.key);
    },
    "a beat that overtakes the reply of a claim gives nothing back": async (scene, expect) => {
      const key = await scene.task();
      await scene.runs(key, 2);
      const workerKey = await scene.worker();
      const claiming = scene.claim(workerKey);
      scene.later(5);
      const beating = scene.ledger.workers.beat({ workerKey, running: [] }, scene.nowMs);
      expect(await claiming).toHaveLength(2);
      expect((await beating).givenBack).toEqual([]);
      expect((await scene.ledger.runs.counts()).byStatus.running).toBe(2);
    },
    "publishes executors, and says which have a live worker": async (scene, expect) => {
      const worker = await scene.worker({
        executors: [scene.executor({ version: "2", onInterrupted: "fail", timeoutMs: 5 })],
      });
      expect(await scene.ledger.workers.executor("work")).toEqual(
        scene.executor({ version: "2", onInterrupted: "fail", timeoutMs: 5 }),
      );
      expect(await scene.ledger.workers.executor("nothing")).toBeUndefined();
      expect(await scene.ledger.workers.executors()).toMatchObject([{ type: "work", liveWorkers: 1 }]);
      await scene.ledger.workers.leave(worker, scene.nowMs);
      expect(await scene.ledger.workers.executors()).toMatchObject([{ type: "work", liveWorkers: 0 }]);
      await scene.worker({ executors: [scene.executor({ version: "3" })] });
      expect((await scene.ledger.workers.executor("work"))?.version).toBe("3");
    },
    "describes queues: their limits, and what is ready, held and running": async (scene, expect) => {
      const key = await scene.task({ queue: "mail" });
      await scene.runs(key, 3);
      await scene.run(key, { dueAtMs: scene.nowMs + 1000 });
      const worker = await scene.worker({ queues: ["mail"] });
      await scene.claim(worker, { queue: "mail", limit: 1 });
      const config = { concurrency: 9, rateLimit: { limit: 5, perMs: 1000 } };
      await scene.ledger.workers.configureQueue("mail", config, scene.nowMs);
      expect(await scene.ledger.workers.queue("mail")).toEqual({
        name: "mail",
        ...config,
        ready: 2,
        held: 1,
        running: 1,
      });
      expect((await scene.ledger.workers.queues()).map((row) => row.name)).toContain("mail");
      expect(await scene.ledger.workers.queue("unknown")).toBeUndefined();
    },
    "SEM 22: a role has one holder at a time, who keeps it by renewing": async (scene, expect) => {
      const { workers: ledger } = scene.ledger;
      const [a, b] = [await scene.worker(), await scene.worker()];
      expect(
        await Promise.all([
          ledger.takeRole("cleaner", a, scene.nowMs),
          ledger.takeRole("cleaner", b, scene.nowMs),
        ]),
      ).toEqual([true, false]);
      scene.later(4999);
      expect(await ledger.takeRole("cleaner", b, scene.nowMs)).toBe(false);
      expect(await ledger.takeRole("cleaner", a, scene.nowMs)).toBe(true);
      expect(await ledger.takeRole("other", b, scene.nowMs)).toBe(true);
      scene.later(5000);
      expect(await ledger.takeRole("cleaner", b, scene.nowMs)).toBe(true);
    },
    "tells which queues became runnable": async (scene, expect) => {
      const told: string[] = [];
      scene.ledger.onCommit((note) => told.push(...note.runnableQueues));
      await scene.run(await scene.task({ queue: "mail" }));
      expect(told).toEqual(["mail"]);
      await scene.ledger.workers.pauseQueue("mail", { actor: "ann", mode: "pause" }, scene.nowMs);
      await scene.ledger.workers.resumeQueue("mail", scene.nowMs);
      expect(told).toEqual(["mail", "mail"]);
    },
  },
};
