// Interrupted work: what a lost or stopped worker means (SEM 10, 11).

import type { Topic } from "./topic.ts";
import { leaseMs } from "../../ports/worker-ledger.ts";

export const recovering: Topic = {
  name: "recovering",
  tests: {
    "gives on the runs of workers whose lease ended before the judgement, and of no other": async (
      scene,
      expect,
    ) => {
      const key = await scene.task();
      await scene.runs(key, 2);
      const dead = await scene.worker();
      const [first] = await scene.claim(dead, { limit: 1 });
      const alive = await scene.worker();
      const [second] = await scene.claim(alive, { limit: 1 });
      scene.later(leaseMs + 1);
      await scene.ledger.workers.beat(
        { workerKey: alive, running: [{ runKey: second?.key ?? 0, claim: 1 }] },
        scene.nowMs,
      );
      expect(await scene.ledger.workers.recover({ judgedMs: scene.nowMs - 2 }, scene.nowMs)).toEqual({
        repeated: 0,
        failed: 0,
        cancelled: 0,
      });
      expect(await scene.ledger.workers.recover({ judgedMs: scene.nowMs }, scene.nowMs)).toEqual({
        repeated: 1,
        failed: 0,
        cancelled: 0,
      });
      expect(await scene.claimOne(alive)).toMatchObject({
        key: first?.key,
        claim: 2,
        attempt: 1,
        recoveries: 1,
      });
      expect(
        await scene.ledger.workers.beat(
          { workerKey: dead, running: [{ runKey: first?.key ?? 0, claim: 1 }] },
          scene.nowMs,
        ),
      ).toMatchObject({ alive: false, lost: [first?.key] });
    },
    "gives on the runs of every other worker at once for the process that took the file over": async (
      scene,
      expect,
    ) => {
      await scene.runs(await scene.task(), 3);
      await scene.claim(await scene.worker());
      const mine = await scene.worker();
      expect(await scene.ledger.workers.recover({ judgedMs: 0, exceptWorker: mine }, scene.nowMs)).toEqual({
        repeated: 3,
        failed: 0,
        cancelled: 0,
      });
      expect(await scene.claim(mine)).toHaveLength(3);
    },
    "SEM 10: what must not be repeated fails with OUTCOME_UNKNOWN": async (scene, expect) => {
      const worker = await scene.worker({
        executors: [scene.executor({ type: "command", onInterrupted: "fail" })],
      });
      const key = await scene.task({ type: "command" });
      const [lost = 0, stopped = 0] = await scene.runs(key, 2);
      const [, second] = await scene.claim(worker, { types: ["command"] });
      if (second === undefined) return;
      expect(await scene.settle(second, { kind: "interrupt", reason: "shutdown" })).toEqual({
        ok: true,
        status: "failed",
      });
      expect(
        await scene.ledger.workers.recover({ judgedMs: 0, exceptWorker: scene.nobody }, scene.nowMs),
      ).toEqual({ repeated: 0, failed: 1, cancelled: 0 });
      for (const runKey of [lost, stopped])
        expect((await scene.get(runKey)).result?.error).toMatchObject({ code: "OUTCOME_UNKNOWN" });
    },
    "a run that kills its process three times is poison: WORKER_LOST": async (scene, expect) => {
      const runKey = await scene.run(await scene.task());
      for (let death = 1; death <= 3; death++) {
        const worker = await scene.worker();
        expect(await scene.claimOne(worker)).toMatchObject({
          claim: death,
          attempt: 1,
          recoveries: death - 1,
        });
        await scene.ledger.workers.recover({ judgedMs: 0, exceptWorker: scene.nobody }, scene.nowMs);
      }
      const run = await scene.get(runKey);
      expect(run).toMatchObject({
        status: "failed",
        recoveries: 3,
        result: { error: { code: "WORKER_LOST" } },
      });
      expect((await scene.ledger.runs.attempts(runKey)).map(({ endedBy }) => endedBy)).toEqual([
        "worker-lost",
        "worker-lost",
        "worker-lost",
      ]);
    },
    "a run that was being cancelled ends cancelled": async (scene, expect) => {
      const runKey = await scene.run(await scene.task());
      await scene.claimOne(await scene.worker());
      await scene.cancel(runKey);
      expect(
        await scene.ledger.workers.recover({ judgedMs: 0, exceptWorker: scene.nobody }, scene.nowMs),
      ).toEqual({ repeated: 0, failed: 0, cancelled: 1 });
      expect(await scene.status(runKey)).toBe("cancelled");
    },
    "a worker that leaves gives back what it holds as interrupted": async (scene, expect) => {
      const runKey = await scene.run(await scene.task());
      const worker = await scene.worker();
      await scene.claimOne(worker);
      await scene.ledger.workers.leave(worker, scene.nowMs);
      expect(await scene.get(runKey)).toMatchObject({ status: "pending", interruptions: 1, recoveries: 0 });
      expect(
        (await scene.ledger.workers.workers(scene.nowMs)).find((row) => row.key === worker)?.status,
      ).toBe("gone");
      expect(await scene.claimOne(await scene.worker())).toMatchObject({ key: runKey, attempt: 1 });
    },
    "recovered runs free their slots and keep their task's line": async (scene, expect) => {
      const key = await scene.task({ overlap: { policy: "queue-all", max: 1 }, concurrency: { limit: 1 } });
      const [first, second] = [await scene.run(key), await scene.run(key)];
      await scene.claimOne(await scene.worker());
      const worker = await scene.worker();
      await scene.ledger.workers.recover({ judgedMs: 0, exceptWorker: worker }, scene.nowMs);
      const again = await scene.claimOne(worker);
      expect(again.key).toBe(first);
      await scene.complete(again);
      expect((await scene.claimOne(worker)).key).toBe(second);
    },
  },
};
