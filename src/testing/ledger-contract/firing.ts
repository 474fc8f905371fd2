// Firing: the cursor moves once, by compare-and-set, with its occurrences and runs (SEM 13, 17, 18).

import type { Topic } from "./topic.ts";

const fixedDelay = { trigger: { kind: "interval", every: "30s", mode: "fixed-delay" } } as const;

export const firing: Topic = {
  name: "firing schedules",
  tests: {
    "names the tasks that come due, soonest first, with all the scheduler needs": async (scene, expect) => {
      const later = await scene.scheduled({}, { nextFireAtMs: scene.nowMs + 5000 });
      const sooner = await scene.scheduled({ name: "sooner" }, { nextFireAtMs: scene.nowMs + 1000 });
      await scene.task();
      expect(await scene.ledger.tasks.nextFireAt()).toBe(scene.nowMs + 1000);
      expect(await scene.ledger.tasks.due(scene.nowMs + 999, 10)).toEqual([]);
      const due = await scene.ledger.tasks.due(scene.nowMs + 5000, 10);
      expect(due.map(({ task, nextFireAtMs }) => [task.key, nextFireAtMs])).toEqual([
        [sooner, scene.nowMs + 1000],
        [later, scene.nowMs + 5000],
      ]);
      expect(due[0]?.task).toEqual(await scene.getTask(sooner));
      expect(await scene.ledger.tasks.due(scene.nowMs + 5000, 1)).toHaveLength(1);
    },
    "SEM 13: stores occurrence and run and moves the cursor in one transaction": async (scene, expect) => {
      const key = await scene.scheduled();
      const atMs = scene.nowMs + 60_000;
      const [runKey = 0] = await scene.fire(key);
      expect(await scene.getTask(key)).toMatchObject({
        decidedThroughMs: atMs,
        nextFireAtMs: atMs + 60_000,
        startedCount: 1,
        revision: 1,
      });
      expect(await scene.get(runKey)).toMatchObject({
        scheduledForMs: atMs,
        dueAtMs: atMs,
        startedBy: { kind: "schedule" },
        status: "pending",
      });
      const { items } = await scene.ledger.tasks.occurrences(key, { limit: 10 });
      expect(items).toEqual([
        {
          taskKey: key,
          scheduledForMs: atMs,
          dueAtMs: atMs,
          decision: "started",
          runKey,
          decidedAtMs: scene.nowMs,
        },
      ]);
    },
    "I1: of two schedulers that fire the same instant one wins, and the instant starts one run": async (
      scene,
      expect,
    ) => {
      const key = await scene.scheduled({ overlap: { policy: "allow", max: 1 } });
      const firing = await scene.firing(key);
      scene.later(60_000);
      const replies = await Promise.all(Array.from({ length: 10 }, () => scene.applyFiring(firing)));
      expect(replies.filter((reply) => reply.ok)).toHaveLength(1);
      const [once, twice] = await scene.ledger.tasks.fire([firing, firing], scene.nowMs);
      expect([once?.ok, twice?.ok]).toEqual([false, false]);
      expect((await scene.ledger.tasks.occurrences(key, { limit: 10 })).items).toHaveLength(1);
      expect((await scene.ledger.runs.counts()).byStatus.pending).toBe(1);
    },
    "refuses a firing of another revision, of a paused, cancelled or deleted task": async (scene, expect) => {
      const key = await scene.scheduled();
      const firing = await scene.firing(key);
      scene.later(60_000);
      expect(await scene.applyFiring({ ...firing, revision: 2 })).toEqual({ ok: false });
      expect(await scene.applyFiring({ ...firing, taskKey: scene.nobody })).toEqual({ ok: false });
      await scene.ledger.tasks.pause(key, { actor: "ann" }, scene.nowMs);
      expect(await scene.applyFiring(firing)).toEqual({ ok: false });
      await scene.ledger.tasks.resume(key, undefined, scene.nowMs);
      await scene.ledger.tasks.cancel(key, scene.nowMs);
      expect(await scene.applyFiring(firing)).toEqual({ ok: false });
      await scene.ledger.tasks.remove(key, scene.nowMs);
      expect(await scene.applyFiring(firing)).toEqual({ ok: false });
      expect(await scene.decisions(key)).toEqual([]);
    },
    "SEM 13: refuses a firing that would move the cursor back": async (scene, expect) => {
      const key = await scene.scheduled();
      const firing = await scene.firing(key);
      expect(await scene.applyFiring({ ...firing, decidedThroughMs: firing.decidedFromMs - 1 })).toEqual({
        ok: false,
      });
    },
    "one stale firing leaves the others of its call alone": async (scene, expect) => {
      const [a, b] = [await scene.scheduled(), await scene.scheduled()];
      const [one, two] = [await scene.firing(a), await scene.firing(b)];
      scene.later(60_000);
      const replies = await scene.ledger.tasks.fire([{ ...one, decidedFromMs: 1 }, two], scene.nowMs);
      expect(replies.map((reply) => reply.ok)).toEqual([false, true]);
    },
    "SEM 19: keeps a stretch of equal decisions as one row, and pages newest first": async (
      scene,
      expect,
    ) => {
      const key = await scene.scheduled();
      const fromMs = scene.nowMs + 60_000;
      const occurrences = [
        {
          scheduledForMs: fromMs,
          untilMs: fromMs + 600_000,
          count: 11,
          dueAtMs: fromMs + 600_000,
          decision: "missed",
          reason: "max-age",
        },
        {
          scheduledForMs: fromMs + 660_000,
          dueAtMs: fromMs + 660_000,
          decision: "coalesced",
          intoMs: fromMs + 720_000,
        },
        { scheduledForMs: fromMs + 720_000, dueAtMs: fromMs + 720_000, decision: "started" },
      ] as const;
      await scene.fire(key, { atMs: fromMs + 720_000, occurrences });
      const page = await scene.ledger.tasks.occurrences(key, { limit: 2 });
      expect(page.items.map(({ decision }) => decision)).toEqual(["started", "coalesced"]);
      expect(page.items[1]).toMatchObject({ intoMs: fromMs + 720_000 });
      const rest = await scene.ledger.tasks.occurrences(key, { limit: 2, after: page.next ?? 0 });
      expect(rest.items).toEqual([{ ...occurrences[0], taskKey: key, decidedAtMs: scene.nowMs }]);
      expect(rest.next).toBeUndefined();
    },
    "SEM 18: counts to maxRuns only what started a run, and completes the task when its last run has ended":
      async (scene, expect) => {
        const key = await scene.scheduled({ maxRuns: 2 });
        const worker = await scene.worker();
        await scene.fire(key);
        await scene.fire(key);
        expect(await scene.decisions(key)).toEqual(["started", "skipped(overlap)"]);
        await scene.complete(await scene.claimOne(worker));
        await scene.fire(key);
        expect(await scene.getTask(key)).toMatchObject({ status: "active", startedCount: 2 });
        expect((await scene.getTask(key)).nextFireAtMs).toBeUndefined();
        await scene.fail(await scene.claimOne(worker));
        expect((await scene.getTask(key)).status).toBe("completed");
      },
    "SEM 18: starts no more than maxRuns of one catch-up": async (scene, expect) => {
      const key = await scene.scheduled({ maxRuns: 2, overlap: { policy: "allow", max: 1 } });
      const occurrences = [1, 2, 3].map((n) => ({
        scheduledForMs: scene.nowMs + n * 60_000,
        dueAtMs: scene.nowMs + n * 60_000,
        decision: "started" as const,
      }));
      expect(await scene.fire(key, { atMs: scene.nowMs + 180_000, occurrences })).toHaveLength(2);
      expect(await scene.decisions(key)).toEqual(["started", "started", "skipped(max-runs)"]);
    },
    "SEM 18: completes a one-off whatever its result, and it can still be triggered": async (
      scene,
      expect,
    ) => {
      const key = await scene.scheduled({ trigger: { kind: "at", at: "2026-03-02T09:01:00Z" } });
      const worker = await scene.worker();
      const firing = await scene.firing(key);
      scene.later(60_000);
      const { nextFireAtMs: _none, ...last } = firing;
      await scene.applyFiring(last);
      expect((await scene.getTask(key)).status).toBe("active");
      await scene.fail(await scene.claimOne(worker));
      expect((await scene.getTask(key)).status).toBe("completed");
      expect(await scene.tryAdd(key)).toMatchObject({ ok: true });
      await scene.complete(await scene.claimOne(worker));
      expect((await scene.getTask(key)).status).toBe("completed");
    },
    "completes a task whose last instant started nothing": async (scene, expect) => {
      const key = await scene.scheduled();
      const { nextFireAtMs: _none, ...last } = await scene.firing(key);
      scene.later(60_000);
      await scene.applyFiring({
        ...last,
        occurrences: [
          { scheduledForMs: scene.nowMs, dueAtMs: scene.nowMs, decision: "missed", reason: "grace" },
        ],
      });
      expect((await scene.getTask(key)).status).toBe("completed");
    },
    "SEM 17: fixed delay counts from the end of the run it started": async (scene, expect) => {
      const key = await scene.scheduled(fixedDelay);
      const worker = await scene.worker();
      await scene.fire(key);
      expect((await scene.getTask(key)).nextFireAtMs).toBeUndefined();
      expect(await scene.ledger.tasks.strandedFixedDelay(10)).toEqual([]);
      const run = await scene.claimOne(worker);
      scene.later(12_345);
      await scene.fail(run);
      expect(await scene.getTask(key)).toMatchObject({
        status: "active",
        nextFireAtMs: scene.nowMs + 30_000,
      });
    },
    "SEM 17: fixed delay goes on from the decision when an instant starts nothing, and from no other run":
      async (scene, expect) => {
        const key = await scene.scheduled(fixedDelay);
        const worker = await scene.worker();
        await scene.run(key);
        await scene.fire(key);
        expect(await scene.decisions(key)).toEqual(["skipped(overlap)"]);
        const nextMs = scene.nowMs + 30_000;
        expect((await scene.getTask(key)).nextFireAtMs).toBe(nextMs);
        scene.later(1000);
        await scene.complete(await scene.claimOne(worker));
        expect((await scene.getTask(key)).nextFireAtMs).toBe(nextMs);
      },
    "SEM 17: fixed delay stops at maxRuns, and stands still while its task is paused": async (
      scene,
      expect,
    ) => {
      const key = await scene.scheduled({ ...fixedDelay, maxRuns: 2 });
      const worker = await scene.worker();
      await scene.fire(key);
      const run = await scene.claimOne(worker);
      await scene.ledger.tasks.pause(key, { actor: "ann" }, scene.nowMs);
      await scene.complete(run);
      expect(await scene.getTask(key)).toMatchObject({ status: "paused" });
      expect((await scene.getTask(key)).nextFireAtMs).toBeUndefined();
      await scene.ledger.tasks.resume(key, undefined, scene.nowMs);
      expect((await scene.getTask(key)).nextFireAtMs).toBe(scene.nowMs + 30_000);
      await scene.fire(key);
      await scene.complete(await scene.claimOne(worker));
      expect((await scene.getTask(key)).status).toBe("completed");
    },
    "names fixed-delay tasks that have neither a live run nor an instant": async (scene, expect) => {
      const key = await scene.task({ ...fixedDelay, overlap: { policy: "skip", max: 1 } });
      expect((await scene.ledger.tasks.strandedFixedDelay(10)).map((task) => task.key)).toEqual([key]);
      await scene.run(key);
      expect(await scene.ledger.tasks.strandedFixedDelay(10)).toEqual([]);
    },
    "gives expiry and deadline of the definition to the runs it starts": async (scene, expect) => {
      const key = await scene.scheduled({ expireAfterMs: 1000, deadlineMs: 5000 });
      const [runKey = 0] = await scene.fire(key);
      expect(await scene.get(runKey)).toMatchObject({
        expireAtMs: scene.nowMs + 1000,
        deadlineAtMs: scene.nowMs + 5000,
      });
    },
    "hands what it starts to a worker that offers slots": async (scene, expect) => {
      const [a, b] = [await scene.scheduled(), await scene.scheduled()];
      const workerKey = await scene.worker();
      const firings = [await scene.firing(a), await scene.firing(b)];
      scene.later(60_000);
      const replies = await scene.ledger.tasks.fire(firings, scene.nowMs, {
        workerKey,
        queues: ["default"],
        types: ["work"],
        slots: 1,
      });
      const claimed = replies.flatMap((reply) => (reply.ok ? reply.claimed : []));
      expect(claimed.map((run) => run.taskKey)).toEqual([a]);
      expect(claimed[0]).toMatchObject({ claim: 1, scheduledForMs: scene.nowMs });
      expect((await scene.claimOne(workerKey)).taskKey).toBe(b);
    },
    "keeps cursor and occurrences apart for many tasks fired in one call": async (scene, expect) => {
      const keys = [];
      for (let n = 0; n < 30; n++) keys.push(await scene.scheduled({ name: `t${n}` }));
      const firings = await Promise.all(keys.map((key) => scene.firing(key)));
      scene.later(60_000);
      const replies = await scene.ledger.tasks.fire(firings, scene.nowMs);
      const started = replies.map((reply) => (reply.ok ? reply.started : []));
      expect(started.every((runs) => runs.length === 1)).toBe(true);
      const runs = await Promise.all(started.flat().map((key) => scene.get(key)));
      expect(runs.map((run) => run.taskKey)).toEqual(keys);
    },
  },
};
