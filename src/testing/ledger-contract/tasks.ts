// Tasks: created, found, paused, cancelled and deleted.

import type { PausedBy } from "../../domain/task.ts";
import type { Topic } from "./topic.ts";

export const tasks: Topic = {
  name: "tasks",
  tests: {
    "stores tasks as they were given, and reserves keys in order": async (scene, expect) => {
      const first = scene.ledger.tasks.reserveKeys(scene.nowMs, 3);
      const next = scene.ledger.tasks.reserveKeys(scene.nowMs, 1);
      expect(next).toBe(first + 3);
      const replies = await scene.ledger.tasks.create(
        [0, 1, 2].map((n) => ({ ...scene.newTask({ name: `t${n}` }), key: first + n })),
        scene.nowMs,
      );
      expect(replies.every((reply) => reply.ok)).toBe(true);
      const stored = await scene.getTask(first + 1);
      expect(replies[1]).toEqual({ ok: true, task: stored });
      expect(stored).toMatchObject({
        key: first + 1,
        status: "active",
        revision: 1,
        startedCount: 0,
        createdAtMs: scene.nowMs,
      });
      expect(stored.definition).toEqual(scene.definition({ name: "t1" }));
    },
    "never hands out a key twice, even when the clock goes back": async (scene, expect) => {
      const key = scene.ledger.tasks.reserveKeys(scene.nowMs, 1);
      expect(scene.ledger.tasks.reserveKeys(scene.nowMs - 60_000, 1)).toBeGreaterThan(key);
    },
    "refuses a taken externalId and names its task, for each owner by itself": async (scene, expect) => {
      const key = await scene.task({ externalId: "daily", userId: "ann" });
      const [same] = await scene.ledger.tasks.create(
        [scene.newTask({ externalId: "daily", userId: "ann" })],
        scene.nowMs,
      );
      expect(same).toEqual({ ok: false, error: "ALREADY_EXISTS", key });
      await scene.task({ externalId: "daily", userId: "bob" });
      await scene.task({ externalId: "daily" });
      expect((await scene.ledger.tasks.findByExternalId("ann", "daily"))?.key).toBe(key);
      expect(await scene.ledger.tasks.findByExternalId("eve", "daily")).toBeUndefined();
    },
    "lets one of many who create the same externalId at once win": async (scene, expect) => {
      const replies = await Promise.all(
        Array.from({ length: 20 }, () =>
          scene.ledger.tasks.create([scene.newTask({ externalId: "one" })], scene.nowMs),
        ),
      );
      const won = replies.flat().filter((reply) => reply.ok);
      expect(won).toHaveLength(1);
      const key = (await scene.ledger.tasks.findByExternalId(undefined, "one"))?.key;
      for (const reply of replies.flat())
        if (!reply.ok) expect(reply).toEqual({ ok: false, error: "ALREADY_EXISTS", key });
    },
    "refuses one task of several without touching the others": async (scene, expect) => {
      await scene.task({ externalId: "x" });
      const replies = await scene.ledger.tasks.create(
        [scene.newTask(), scene.newTask({ externalId: "x" }), scene.newTask()],
        scene.nowMs,
      );
      expect(replies.map((reply) => reply.ok)).toEqual([true, false, true]);
    },
    "refuses dependencies that do not exist or close a cycle, naming it": async (scene, expect) => {
      const [missing] = await scene.ledger.tasks.create(
        [scene.newTask({ dependsOn: [{ taskKey: scene.nobody }] })],
        scene.nowMs,
      );
      expect(missing).toEqual({ ok: false, error: "NOT_FOUND", key: scene.nobody });
      const a = await scene.task();
      const b = await scene.task({ dependsOn: [{ taskKey: a }] });
      const c = await scene.task({ dependsOn: [{ taskKey: b }] });
      const reply = await scene.ledger.tasks.edit(
        { key: a, expectedRevision: 1, definition: scene.definition({ dependsOn: [{ taskKey: c }] }) },
        scene.nowMs,
      );
      expect(reply).toEqual({ ok: false, error: "DEPENDENCY_CYCLE", cycle: [a, c, b, a] });
      const own = scene.newTask();
      const [self] = await scene.ledger.tasks.create(
        [{ ...own, definition: scene.definition({ dependsOn: [{ taskKey: own.key }] }) }],
        scene.nowMs,
      );
      expect(self).toEqual({ ok: false, error: "DEPENDENCY_CYCLE", cycle: [own.key, own.key] });
    },
    "SEM 5: a pause keeps the cursor and hides the next instant; a resume gives it back": async (
      scene,
      expect,
    ) => {
      const key = await scene.scheduled();
      const before = await scene.getTask(key);
      const by = { actor: "ann", reason: "holiday", resumeAtMs: scene.nowMs + 5000 };
      const paused = await scene.ledger.tasks.pause(key, by, scene.nowMs);
      expect(paused).toMatchObject({
        ok: true,
        task: { status: "paused", pausedBy: by, decidedThroughMs: before.decidedThroughMs },
      });
      expect((await scene.getTask(key)).nextFireAtMs).toBeUndefined();
      expect(await scene.ledger.tasks.nextFireAt(), "the end of the pause").toBe(by.resumeAtMs);
      expect(await scene.ledger.tasks.due(scene.nowMs + 1e9, 10)).toEqual([]);
      const resumed = await scene.ledger.tasks.resume(key, undefined, scene.nowMs);
      expect(resumed).toMatchObject({
        ok: true,
        task: { status: "active", nextFireAtMs: before.nextFireAtMs },
      });
      expect((await scene.getTask(key)).pausedBy).toBeUndefined();
    },
    "SEM 5: a resume decides the instants of the pause in the same transaction": async (scene, expect) => {
      const key = await scene.scheduled();
      await scene.ledger.tasks.pause(key, { actor: "ann" }, scene.nowMs);
      const { decidedThroughMs } = await scene.getTask(key);
      scene.later(600_000);
      const firing = {
        taskKey: key,
        revision: 1,
        decidedFromMs: decidedThroughMs,
        decidedThroughMs: scene.nowMs,
        nextFireAtMs: scene.nowMs + 60_000,
        occurrences: [
          {
            scheduledForMs: decidedThroughMs + 60_000,
            untilMs: scene.nowMs,
            dueAtMs: scene.nowMs,
            decision: "skipped",
            reason: "paused",
          },
        ],
      } as const;
      const stale = await scene.ledger.tasks.resume(
        key,
        { ...firing, decidedFromMs: decidedThroughMs + 1 },
        scene.nowMs,
      );
      expect(stale).toEqual({ ok: false, error: "REVISION_MISMATCH", revision: 1 });
      expect((await scene.getTask(key)).status).toBe("paused");
      const resumed = await scene.ledger.tasks.resume(key, firing, scene.nowMs);
      expect(resumed).toMatchObject({
        ok: true,
        task: { status: "active", decidedThroughMs: scene.nowMs, nextFireAtMs: scene.nowMs + 60_000 },
      });
      expect(await scene.decisions(key)).toEqual(["skipped(paused)"]);
    },
    "S1.77 counts tasks and what their schedules did, of all and of one user": async (scene, expect) => {
      const minutely = { trigger: { kind: "interval", every: "1m" } } as const;
      const ann = await scene.scheduled({ ...minutely, userId: "ann" });
      const paused = await scene.scheduled({ ...minutely, userId: "ann" });
      const gone = await scene.scheduled(minutely);
      await scene.task({ userId: "bob" });
      const cancelled = await scene.scheduled(minutely);
      const edited = await scene.scheduled(minutely);
      for (const key of [ann, gone, edited]) await scene.fire(key, { atMs: scene.nowMs + 60_000 });
      await scene.ledger.tasks.pause(paused, { actor: "ann" }, scene.nowMs);
      await scene.ledger.tasks.cancel(cancelled, scene.nowMs);
      await scene.ledger.tasks.remove(gone, scene.nowMs);
      const { definition, revision } = await scene.getTask(edited);
      const { decidedThroughMs, anchorMs } = await scene.getTask(edited);
      await scene.ledger.tasks.edit(
        {
          key: edited,
          expectedRevision: revision,
          definition: { ...definition, trigger: { kind: "manual" } },
          schedule: { anchorMs, decidedThroughMs },
        },
        scene.nowMs,
      );
      const next = (await scene.getTask(ann)).nextFireAtMs;
      expect(await scene.ledger.tasks.counts()).toEqual({
        byStatus: { active: 3, paused: 1, completed: 0, cancelled: 1 },
        timed: { active: 1, paused: 1, completed: 0, cancelled: 1 },
        started: 1,
        upcoming: 1,
        nextFireAtMs: next,
      });
      expect(await scene.ledger.tasks.counts({ userId: "ann" })).toEqual({
        byStatus: { active: 1, paused: 1, completed: 0, cancelled: 0 },
        timed: { active: 1, paused: 1, completed: 0, cancelled: 0 },
        started: 1,
        upcoming: 1,
        nextFireAtMs: next,
      });
      expect(await scene.ledger.tasks.counts({ userId: "eve" })).toMatchObject({ started: 0, upcoming: 0 });
    },
    "pausing again keeps what it does not name, and replaces what it names": async (scene, expect) => {
      const key = await scene.scheduled();
      const pausedBy = async () => (await scene.getTask(key)).pausedBy;
      const pause = (by: PausedBy) => scene.ledger.tasks.pause(key, by, scene.nowMs);
      const ann = { actor: "ann", reason: "holidays", resumeAtMs: scene.nowMs + 5 };
      await pause(ann);
      await pause({ actor: "bob" });
      expect(await pausedBy()).toEqual(ann);
      await pause({ actor: "bob", reason: "moving" });
      expect(await pausedBy()).toEqual({ ...ann, actor: "bob", reason: "moving" });
      await pause({ actor: "cid", resumeAtMs: scene.nowMs + 9 });
      expect(await pausedBy()).toEqual({ actor: "cid", reason: "moving", resumeAtMs: scene.nowMs + 9 });
      scene.later(8);
      expect(await scene.ledger.tasks.dueToResume(scene.nowMs, 10)).toEqual([]);
      scene.later(2);
      expect(await scene.ledger.tasks.dueToResume(scene.nowMs, 10)).toHaveLength(1);
      const resumed = await scene.ledger.tasks.resume(key, undefined, scene.nowMs);
      expect(resumed).toMatchObject({ ok: true, task: { nextFireAtMs: scene.nowMs - 10 + 60_000 } });
      expect(await pausedBy()).toBeUndefined();
      expect(await scene.ledger.tasks.resume(key, undefined, scene.nowMs)).toEqual({
        ok: false,
        error: "ILLEGAL_TRANSITION",
        status: "active",
      });
    },
    "names paused tasks whose time to resume has come": async (scene, expect) => {
      const key = await scene.scheduled();
      await scene.ledger.tasks.pause(key, { actor: "ann", resumeAtMs: scene.nowMs + 1000 }, scene.nowMs);
      expect(await scene.ledger.tasks.dueToResume(scene.nowMs, 10)).toEqual([]);
      scene.later(1000);
      expect((await scene.ledger.tasks.dueToResume(scene.nowMs, 10)).map((task) => task.key)).toEqual([key]);
    },
    "ends the schedule of a cancelled task for good": async (scene, expect) => {
      const key = await scene.scheduled();
      expect(await scene.ledger.tasks.cancel(key, scene.nowMs)).toMatchObject({
        ok: true,
        task: { status: "cancelled" },
      });
      expect(await scene.ledger.tasks.nextFireAt()).toBeUndefined();
      expect(await scene.tryAdd(key)).toEqual({ ok: false, error: "TASK_CANCELLED" });
      expect(await scene.ledger.tasks.pause(key, { actor: "ann" }, scene.nowMs)).toEqual({
        ok: false,
        error: "ILLEGAL_TRANSITION",
        status: "cancelled",
      });
      expect(await scene.ledger.tasks.cancel(key, scene.nowMs)).toMatchObject({ ok: true });
    },
    "SEM 18: a deleted task is hidden and frees its externalId; its runs stay readable": async (
      scene,
      expect,
    ) => {
      const key = await scene.task({ externalId: "x", userId: "ann" });
      const runKey = await scene.run(key);
      await scene.ledger.runs.cancel({ taskKey: key }, scene.request(), scene.nowMs);
      await scene.ledger.tasks.remove(key, scene.nowMs);
      expect(await scene.ledger.tasks.get(key)).toBeUndefined();
      expect((await scene.ledger.tasks.list({ limit: 10 })).items).toEqual([]);
      expect(await scene.tryAdd(key)).toEqual({ ok: false, error: "NOT_FOUND" });
      expect(await scene.get(runKey)).toMatchObject({ status: "cancelled", type: "work", userId: "ann" });
      expect(await scene.ledger.tasks.remove(key, scene.nowMs)).toEqual({
        ok: false,
        error: "NOT_FOUND",
        key,
      });
      await scene.task({ externalId: "x", userId: "ann" });
    },
    "SEM 13 SEM 18: a cancel or delete of another revision changes nothing, and runs stop in the transaction of theirs":
      async (scene, expect) => {
        for (const verb of ["cancel", "remove"] as const) {
          const key = await scene.task();
          const runKey = await scene.run(key);
          const end = (expectedRevision: number) =>
            scene.ledger.tasks[verb](key, scene.nowMs, { expectedRevision, stopRuns: scene.request() });
          expect(await end(2)).toEqual({ ok: false, error: "REVISION_MISMATCH", revision: 1 });
          expect((await scene.getTask(key)).status).toBe("active");
          expect((await scene.get(runKey)).status).toBe("pending");
          expect(await end(1)).toMatchObject({ ok: true, task: { status: "cancelled" } });
          expect((await scene.get(runKey)).status).toBe("cancelled");
        }
      },
    "lists tasks newest first by owner, conversation, status, type, priority, tag and text": async (
      scene,
      expect,
    ) => {
      const a = await scene.task({
        name: "Morning report",
        userId: "ann",
        tags: ["daily"],
        conversationId: "c1",
      });
      const b = await scene.task({
        name: "backup",
        priority: 8,
        userId: "ann",
        type: "copy",
        description: "of the REPORTS disk",
      });
      const c = await scene.task({ name: "other", userId: "bob", tags: ["daily", "x"] });
      await scene.ledger.tasks.pause(c, { actor: "bob" }, scene.nowMs);
      const keys = async (query: object) =>
        (await scene.ledger.tasks.list({ limit: 10, ...query })).items.map((task) => task.key);
      expect(await keys({})).toEqual([c, b, a]);
      expect(await keys({ userId: "ann" })).toEqual([b, a]);
      expect(await keys({ conversationId: "c1" })).toEqual([a]);
      expect(await keys({ status: ["paused"] })).toEqual([c]);
      expect(await keys({ type: ["copy"] })).toEqual([b]);
      expect(await keys({ priority: [8, 9] })).toEqual([b]);
      expect(await keys({ tag: ["daily"] })).toEqual([c, a]);
      expect(await keys({ text: "report" })).toEqual([b, a]);
      const page = await scene.ledger.tasks.list({ limit: 2 });
      expect(page.items.map((task) => task.key)).toEqual([c, b]);
      const rest = await scene.ledger.tasks.list({
        limit: 2,
        ...(page.next === undefined ? {} : { after: page.next }),
      });
      expect(rest.items.map((task) => task.key)).toEqual([a]);
      expect(rest.next).toBeUndefined();
    },
    "sums a task up: its last run, what runs and what is live": async (scene, expect) => {
      for (const over of [{}, { overlap: { policy: "queue-all", max: 1 } }] as const) {
        const key = await scene.task({ ...over, queue: over.overlap?.policy ?? "default" });
        const worker = await scene.worker({ queues: ["default", "queue-all"] });
        expect(await scene.ledger.tasks.summary(key)).toEqual({ running: 0, live: 0 });
        const first = await scene.run(key);
        const second = await scene.run(key);
        const [claimed] = await scene.claim(worker, { limit: 1, queue: over.overlap?.policy ?? "default" });
        expect(claimed?.key).toBe(first);
        expect(await scene.ledger.tasks.summary(key)).toMatchObject({
          running: 1,
          live: 2,
          lastRun: { key: second, status: "pending" },
        });
        if (claimed !== undefined) await scene.complete(claimed);
        expect(await scene.ledger.tasks.summary(key)).toMatchObject({ running: 0, live: 1 });
      }
    },
  },
};
