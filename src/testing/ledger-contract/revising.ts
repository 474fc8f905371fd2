// What a task says: edits, their revisions, and the schedule after them.

import type { Json } from "../../domain/json.ts";
import type { Topic } from "./topic.ts";

export const revising: Topic = {
  name: "revising",
  tests: {
    "makes a revision of an edit, and keeps the old one for the runs that pinned it": async (
      scene,
      expect,
    ) => {
      const key = await scene.task({ params: 1 });
      scene.later(5);
      const reply = await scene.ledger.tasks.edit(
        { key, expectedRevision: 1, definition: scene.definition({ params: 2 }) },
        scene.nowMs,
      );
      expect(reply).toMatchObject({ ok: true, task: { revision: 2, updatedAtMs: scene.nowMs } });
      expect((await scene.ledger.tasks.definitionAt(key, 1))?.params).toBe(1);
      expect((await scene.getTask(key)).definition.params).toBe(2);
    },
    "N12: lists the revisions of a task, newest first, page by page": async (scene, expect) => {
      const key = await scene.task({ params: 1 });
      for (const params of [2, 3, 4]) {
        scene.later(5);
        const definition = scene.definition({ params });
        await scene.ledger.tasks.edit({ key, expectedRevision: params - 1, definition }, scene.nowMs);
      }
      const first = await scene.ledger.tasks.revisions(key, { limit: 3 });
      expect(first.items.map(({ revision, definition }) => [revision, definition.params])).toEqual([
        [4, 4],
        [3, 3],
        [2, 2],
      ]);
      expect(first.items[0]?.createdAtMs).toBe(scene.nowMs);
      const rest = await scene.ledger.tasks.revisions(key, { limit: 3, after: first.next ?? 0 });
      expect(rest.items.map(({ revision }) => revision)).toEqual([1]);
      expect(rest.next).toBeUndefined();
      expect((await scene.ledger.tasks.revisions(scene.nobody, { limit: 3 })).items).toEqual([]);
    },
    "makes no revision of an edit that changes nothing": async (scene, expect) => {
      const key = await scene.task();
      const reply = await scene.ledger.tasks.edit(
        { key, expectedRevision: 1, definition: scene.definition() },
        scene.nowMs,
      );
      expect(reply).toMatchObject({ ok: true, task: { revision: 1 } });
    },
    "refuses an edit of another revision, of a missing task, and onto a taken externalId": async (
      scene,
      expect,
    ) => {
      const key = await scene.task();
      const taken = await scene.task({ externalId: "taken" });
      const edit = (over: object) =>
        scene.ledger.tasks.edit(
          { key, expectedRevision: 1, definition: scene.definition({ name: "new" }), ...over },
          scene.nowMs,
        );
      expect(await edit({ expectedRevision: 7 })).toEqual({
        ok: false,
        error: "REVISION_MISMATCH",
        revision: 1,
      });
      expect(await edit({ key: scene.nobody })).toEqual({ ok: false, error: "NOT_FOUND", key: scene.nobody });
      expect(await edit({ definition: scene.definition({ externalId: "taken" }) })).toEqual({
        ok: false,
        error: "ALREADY_EXISTS",
        key: taken,
      });
    },
    "lets one of two who edit the same revision win": async (scene, expect) => {
      const key = await scene.task();
      const edit = (name: string) =>
        scene.ledger.tasks.edit(
          { key, expectedRevision: 1, definition: scene.definition({ name }) },
          scene.nowMs,
        );
      const replies = await Promise.all([edit("a"), edit("b")]);
      expect(replies.map((reply) => reply.ok)).toEqual([true, false]);
      expect((await scene.getTask(key)).definition.name).toBe("a");
    },
    "SEM 13: an edit of the trigger never moves the cursor back, and reopens a completed task": async (
      scene,
      expect,
    ) => {
      const key = await scene.scheduled({ maxRuns: 1 });
      const worker = await scene.worker();
      await scene.fire(key);
      await scene.complete(await scene.claimOne(worker));
      const { decidedThroughMs, status } = await scene.getTask(key);
      expect(status).toBe("completed");
      const schedule = {
        anchorMs: scene.nowMs,
        decidedThroughMs: decidedThroughMs - 600_000,
        nextFireAtMs: scene.nowMs + 60_000,
      };
      await scene.ledger.tasks.edit(
        {
          key,
          expectedRevision: 1,
          definition: scene.definition({ trigger: { kind: "cron", expression: "0 * * * *" } }),
          schedule,
        },
        scene.nowMs,
      );
      const task = await scene.getTask(key);
      expect(task).toMatchObject({
        status: "active",
        decidedThroughMs,
        nextFireAtMs: schedule.nextFireAtMs,
        anchorMs: scene.nowMs,
      });
    },
    "SEM 29: an edit to equal content is none, whatever the order of its fields, on a cancelled task too":
      async (scene, expect) => {
        const key = await scene.task({ params: { a: 1, b: [2, { c: 3 }] } });
        const edit = (params: Json) =>
          scene.ledger.tasks.edit(
            { key, expectedRevision: 1, definition: scene.definition({ params }) },
            scene.nowMs,
          );
        const before = await scene.getTask(key);
        scene.later(5);
        expect(await edit({ b: [2, { c: 3 }], a: 1 })).toEqual({ ok: true, task: before });
        await scene.ledger.tasks.cancel(key, scene.nowMs);
        expect(await edit({ b: [2, { c: 3 }], a: 1 })).toMatchObject({ ok: true, task: { revision: 1 } });
        expect(await edit({ a: 2 })).toEqual({ ok: false, error: "ILLEGAL_TRANSITION", status: "cancelled" });
      },
  },
};
