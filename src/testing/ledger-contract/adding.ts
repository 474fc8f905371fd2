// Adding runs: whole or refused, each by itself.

import type { Topic } from "./topic.ts";

export const adding: Topic = {
  name: "adding runs",
  tests: {
    "stores a run as it was given": async (scene, expect) => {
      const key = await scene.task({ userId: "ann", conversationId: "c" });
      const runKey = await scene.run(key, {
        params: '{"to":"bob"}',
        priority: 8,
        startedBy: { kind: "trigger", actor: "ann", id: "cli" },
        scheduledForMs: 5,
        retryOf: scene.nobody,
      });
      expect(await scene.get(runKey)).toMatchObject({
        taskKey: key,
        status: "pending",
        params: { to: "bob" },
        priority: 8,
        startedBy: { kind: "trigger", actor: "ann", id: "cli" },
        scheduledForMs: 5,
        retryOf: scene.nobody,
        claim: 0,
        attempt: 0,
        version: 1,
        queue: "default",
        userId: "ann",
        maxAttempts: 3,
        createdAtMs: scene.nowMs,
      });
      expect((await scene.get(await scene.run(key))).params).toEqual({ to: "ann" });
    },
    "gives keys in the order of asking, in one call and across many at once": async (scene, expect) => {
      const key = await scene.task();
      const many = await Promise.all(Array.from({ length: 50 }, () => scene.run(key)));
      const bulk = await scene.runs(key, 50);
      const keys = [...many, ...bulk];
      expect(keys).toEqual(keys.toSorted((a, b) => a - b));
      expect(new Set(keys).size).toBe(100);
    },
    "refuses each run by itself, and stores the others": async (scene, expect) => {
      const key = await scene.task();
      const paused = await scene.task({}, { status: "paused", pausedBy: { actor: "ann" } });
      const replies = await scene.ledger.runs.add(
        [
          scene.newRun(key),
          scene.newRun(scene.nobody),
          scene.newRun(paused),
          scene.newRun(key, { revision: 2 }),
          scene.newRun(key),
        ],
        scene.nowMs,
      );
      expect(replies.map((reply) => (reply.ok ? "ok" : reply.error))).toEqual([
        "ok",
        "NOT_FOUND",
        "TASK_PAUSED",
        "STALE_REVISION",
        "ok",
      ]);
      expect((await scene.ledger.runs.counts()).byStatus.pending).toBe(2);
    },
    "stores runs that belong together as a whole, or none because of the first that is refused": async (
      scene,
      expect,
    ) => {
      const key = await scene.task({ overlap: { policy: "queue", max: 2 } });
      const together = (count: number) =>
        scene.ledger.runs.addTogether(
          Array.from({ length: count }, () => scene.newRun(key)),
          scene.nowMs,
        );
      const other = await scene.task();
      // Asked in one turn, so that they share a transaction: what is undone must not take the others with it.
      const [before, refused, after] = await Promise.all([scene.run(other), together(4), scene.run(other)]);
      expect(refused).toMatchObject({ ok: false, index: 3, refusal: { error: "OVERLAP" } });
      expect(await scene.statuses([before, after])).toEqual(["pending", "pending"]);
      expect((await scene.ledger.runs.list({ taskKey: key, limit: 10 })).items).toEqual([]);
      const stored = await together(3);
      expect(stored.ok && stored.runs.map(({ status }) => status)).toEqual(["pending", "pending", "pending"]);
      const keys = (await scene.ledger.runs.list({ taskKey: key, limit: 10 })).items.map((run) => run.key);
      expect(stored.ok && stored.runs.map(({ runKey }) => runKey)).toEqual(keys.toReversed());
      expect(await together(1)).toMatchObject({ ok: false, index: 0, refusal: { error: "OVERLAP" } });
      const unknown = [scene.newRun(other), scene.newRun(scene.nobody)];
      expect(await scene.ledger.runs.addTogether(unknown, scene.nowMs)).toEqual({
        ok: false,
        index: 1,
        refusal: { ok: false, error: "NOT_FOUND" },
      });
    },
    "S1: a forced run of a paused task runs, others of it do not": async (scene, expect) => {
      const key = await scene.task();
      const waiting = await scene.run(key);
      await scene.ledger.tasks.pause(key, { actor: "ann" }, scene.nowMs);
      const forced = await scene.run(key, { force: true });
      const worker = await scene.worker();
      expect((await scene.claim(worker)).map((run) => run.key)).toEqual([forced]);
      expect(await scene.get(waiting)).toMatchObject({ status: "pending", heldBy: "task-paused" });
    },
    "keeps a run that is due later off the queue until then": async (scene, expect) => {
      const key = await scene.task();
      const worker = await scene.worker();
      const runKey = await scene.run(key, { dueAtMs: scene.nowMs + 1000 });
      expect(await scene.get(runKey)).toMatchObject({ status: "pending", resumeAtMs: scene.nowMs + 1000 });
      expect(await scene.claim(worker)).toEqual([]);
      expect(await scene.wait(999)).toBe(0);
      expect(await scene.wait(1)).toBe(1);
      expect((await scene.claimOne(worker)).key).toBe(runKey);
    },
    "hands a run to a worker that offers a slot, in the transaction that stores it": async (
      scene,
      expect,
    ) => {
      const key = await scene.task();
      const workerKey = await scene.worker();
      const offer = { workerKey, queues: ["default"], types: ["work"], slots: 2 };
      const replies = await scene.ledger.runs.add(
        [scene.newRun(key, { params: "7" }), scene.newRun(key), scene.newRun(key)],
        scene.nowMs,
        offer,
      );
      expect(replies.map((reply) => reply.ok && reply.status)).toEqual(["running", "running", "pending"]);
      const [first] = replies;
      if (first?.ok !== true || first.claimed === undefined) throw new Error("the first run was not claimed");
      expect(first.claimed).toMatchObject({
        key: first.runKey,
        claim: 1,
        attempt: 1,
        version: 2,
        params: "7",
        definition: { type: "work" },
      });
      expect(await scene.events(first.runKey)).toEqual(["run.created", "run.started"]);
      expect(await scene.complete(first.claimed)).toEqual({ ok: true, status: "completed" });
    },
    "offers are passed over where somebody waits, a limit holds, or the type does not fit": async (
      scene,
      expect,
    ) => {
      const workerKey = await scene.worker();
      const tryOffer = async (taskKey: number, over: object = {}) => {
        const offer = { workerKey, queues: ["default", "limited"], types: ["work"], slots: 5, ...over };
        const [reply] = await scene.ledger.runs.add([scene.newRun(taskKey)], scene.nowMs, offer);
        return reply?.ok === true ? reply.status : reply?.error;
      };
      const plain = await scene.task();
      expect(await tryOffer(plain, { types: ["other"] })).toBe("pending");
      expect(await tryOffer(plain), "another run is ready already").toBe("pending");
      await scene.claim(workerKey);
      expect(await tryOffer(plain, { workerKey: scene.nobody }), "nobody knows the worker").toBe("pending");
      await scene.claim(workerKey);
      expect(await tryOffer(await scene.task({ concurrency: { limit: 1 } }))).toBe("pending");
      await scene.claim(workerKey);
      await scene.ledger.workers.configureQueue("limited", { concurrency: 5 }, scene.nowMs);
      expect(await tryOffer(await scene.task({ queue: "limited" }))).toBe("pending");
      await scene.ledger.workers.pauseQueue("default", { actor: "ann", mode: "pause" }, scene.nowMs);
      expect(await tryOffer(plain)).toBe("pending");
      await scene.ledger.workers.resumeQueue("default", scene.nowMs);
      await scene.claim(workerKey);
      expect(await tryOffer(plain)).toBe("running");
    },
  },
};
