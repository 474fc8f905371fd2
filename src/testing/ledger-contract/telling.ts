// Events: a run's own history without gap, and the feed in commit order (SEM 7).

import type { RotaEvent } from "../../domain/event.ts";
import type { Topic } from "./topic.ts";

export const telling: Topic = {
  name: "events",
  tests: {
    "the feed holds every event of a run, numbered as in its history": async (scene, expect) => {
      const runKey = await scene.run(await scene.task());
      const worker = await scene.worker();
      await scene.retry(await scene.claimOne(worker), 0);
      await scene.wait(0);
      await scene.complete(await scene.claimOne(worker));
      const { events } = await scene.ledger.feed.read(0, 1000);
      const own = events.filter((event) => event.runKey === runKey);
      const history = await scene.ledger.runs.history(runKey);
      expect(own.map(({ seq, type, atMs }) => ({ seq, type, atMs }))).toEqual(
        history.map(({ seq, type, atMs }) => ({ seq, type, atMs })),
      );
      expect(own.map(({ data }) => data)).toEqual(history.map(({ data }) => data));
    },
    "positions grow by one with commit order, and reading goes on from any of them": async (
      scene,
      expect,
    ) => {
      const key = await scene.task();
      await Promise.all(Array.from({ length: 20 }, () => scene.runs(key, 3)));
      const all = (await scene.ledger.feed.read(0, 1000)).events;
      expect(all.map(({ position }) => position)).toEqual(
        all.map((_, index) => (all[0]?.position ?? 0) + index),
      );
      expect(await scene.ledger.feed.head()).toBe(all.at(-1)?.position);
      const read: RotaEvent[] = [];
      for (let at = 0; ;) {
        const { events, gone } = await scene.ledger.feed.read(at, 7);
        expect(gone).toBe(false);
        read.push(...events);
        const last = events.at(-1);
        if (last === undefined) break;
        at = last.position;
      }
      expect(read).toEqual(all);
    },
    "a reader who follows commits misses nothing and sees nothing twice": async (scene, expect) => {
      const heard: RotaEvent[] = [];
      const stop = scene.ledger.onCommit((note) => heard.push(...note.events), { events: true });
      const key = await scene.task();
      await Promise.all(Array.from({ length: 30 }, () => scene.run(key)));
      stop();
      const before = heard.length;
      await scene.run(key);
      expect(heard).toHaveLength(before);
      expect(heard).toEqual((await scene.ledger.feed.read(0, before)).events);
    },
    "a listener who did not ask for events gets none": async (scene, expect) => {
      const counts: number[] = [];
      scene.ledger.onCommit((note) => counts.push(note.events.length));
      await scene.run(await scene.task());
      expect(counts).toEqual([0, 0]);
    },
    "a reader that reads while others commit misses nothing and sees nothing twice": async (
      scene,
      expect,
    ) => {
      const key = await scene.task();
      const read: number[] = [];
      let isDone = false;
      const reading = (async () => {
        for (let at = 0; ;) {
          const wasDone = isDone;
          const { events } = await scene.ledger.feed.read(at, 5);
          read.push(...events.map(({ position }) => position));
          at = events.at(-1)?.position ?? at;
          if (wasDone && events.length === 0) return;
        }
      })();
      for (let round = 0; round < 20; round++) {
        const runs = scene.runs(key, 3);
        await Promise.all([runs, scene.run(key), scene.ledger.feed.head()]);
      }
      isDone = true;
      await reading;
      expect(read).toEqual(Array.from({ length: 81 }, (_, index) => index + 1));
    },
    "an event says whose it is, as the task was at its commit, also after the task was deleted": async (
      scene,
      expect,
    ) => {
      const key = await scene.task({ userId: "ann", conversationId: "c_1" });
      const other = await scene.task();
      const runKey = await scene.run(key);
      const { definition } = await scene.getTask(key);
      await scene.ledger.tasks.edit(
        { key, expectedRevision: 1, definition: { ...definition, userId: "bob" } },
        scene.nowMs,
      );
      await scene.cancel(runKey);
      await scene.ledger.tasks.remove(key, scene.nowMs);
      await scene.ledger.tasks.remove(other, scene.nowMs);
      const { events } = await scene.ledger.feed.read(0, 100);
      expect(
        events.map(({ type, userId, conversationId }) => [type, userId, conversationId].join(" ")),
      ).toEqual([
        "task.created ann c_1",
        "task.created  ",
        "run.created ann c_1",
        "task.updated bob c_1",
        "run.cancel-requested bob c_1",
        "run.cancelled bob c_1",
        "task.deleted bob c_1",
        "task.deleted  ",
      ]);
    },
    "every event of a backlog that is claimed and ended at once says whose it is": async (scene, expect) => {
      const [ann, nobody] = [await scene.task({ userId: "ann", conversationId: "c_1" }), await scene.task()];
      const worker = await scene.worker();
      for (let round = 0; round < 3; round++) {
        await scene.runs(ann, 3);
        await scene.runs(nobody, 2);
      }
      const claimed = await scene.claim(worker);
      expect(claimed).toHaveLength(15);
      await Promise.all(claimed.map((run) => scene.complete(run)));
      const { events } = await scene.ledger.feed.read(0, 1000);
      const told = (type: string, taskKey: number) =>
        events
          .filter((event) => event.type === type && event.taskKey === taskKey)
          .map(({ userId, conversationId }) => `${userId} ${conversationId}`);
      for (const type of ["run.created", "run.started", "run.completed"]) {
        expect(told(type, ann)).toEqual(Array.from({ length: 9 }, () => "ann c_1"));
        expect(told(type, nobody)).toEqual(Array.from({ length: 6 }, () => "undefined undefined"));
      }
    },
    "tells which runs reported something": async (scene, expect) => {
      const worker = await scene.worker();
      await scene.run(await scene.task());
      const run = await scene.claimOne(worker);
      const told: number[] = [];
      scene.ledger.onCommit((note) => told.push(...note.reported));
      await scene.ledger.runs.append([{ runKey: run.key, claim: run.claim, progress: 0.5 }], scene.nowMs);
      await scene.ledger.runs.append([{ runKey: run.key, claim: run.claim + 1, output: [1] }], scene.nowMs);
      expect(told).toEqual([run.key]);
    },
    "a position beyond the head is of another ledger: gone": async (scene, expect) => {
      await scene.task();
      const head = await scene.ledger.feed.head();
      expect(await scene.ledger.feed.read(head, 10)).toEqual({ events: [], gone: false });
      expect(await scene.ledger.feed.read(head + 1, 10)).toEqual({ events: [], gone: true });
    },
    "positions older than the feed keeps are gone, and numbering goes on": async (scene, expect) => {
      const key = await scene.task();
      scene.later(8 * 86_400_000);
      await scene.ledger.maintenance.sweep({ successMs: 1e12, failureMs: 1e12 }, 100, scene.nowMs);
      expect(await scene.ledger.feed.head()).toBe(1);
      await scene.run(key);
      expect((await scene.ledger.feed.read(0, 10)).gone).toBe(true);
      expect((await scene.ledger.feed.read(1, 10)).events.map(({ position }) => position)).toEqual([2]);
    },
    "tells of tasks and of occurrences that start nothing": async (scene, expect) => {
      const key = await scene.scheduled();
      await scene.fire(key);
      await scene.fire(key);
      await scene.ledger.tasks.pause(key, { actor: "ann" }, scene.nowMs);
      await scene.ledger.tasks.resume(key, undefined, scene.nowMs);
      await scene.ledger.tasks.remove(key, scene.nowMs);
      const { events } = await scene.ledger.feed.read(0, 100);
      expect(
        events.filter((event) => event.taskKey === key && event.runKey === undefined).map(({ type }) => type),
      ).toEqual(["task.created", "occurrence.skipped", "task.paused", "task.resumed", "task.deleted"]);
    },
  },
};
