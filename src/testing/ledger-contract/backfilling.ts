// Backfills: made piece by piece under a cursor, counted as their runs end.

import type { Backfill, BackfillPlan } from "../../domain/backfill.ts";
import type { Key } from "../../domain/ids.ts";
import type { BackfillStep } from "../../ports/backfill-ledger.ts";
import type { Scene } from "./scene.ts";
import type { Topic } from "./topic.ts";

const hourMs = 3_600_000;

function plan(scene: Scene, taskKey: Key, over: Partial<BackfillPlan> = {}): BackfillPlan {
  const toMs = scene.nowMs;
  return {
    taskKey,
    revision: 1,
    anchorMs: toMs,
    fromMs: toMs - 10 * hourMs,
    toMs,
    planned: 10,
    overlap: "allow",
    priority: 3,
    actor: "ann",
    ...over,
  };
}

async function made(scene: Scene, taskKey: Key, over: Partial<BackfillPlan> = {}): Promise<Backfill> {
  const backfill = await scene.ledger.backfills.create(plan(scene, taskKey, over), scene.nowMs);
  if (backfill === undefined) throw new Error("the backfill was refused");
  return backfill;
}

/** The next `count` hours of a backfill. */
function hours(backfill: Backfill, count: number, isLast = false): BackfillStep {
  const { key, cursorMs, toMs } = backfill;
  const instantsMs = Array.from({ length: count }, (_, at) => cursorMs + 1 + at * hourMs);
  return { key, cursorMs, instantsMs, isLast, throughMs: isLast ? toMs : (instantsMs.at(-1) ?? toMs) };
}

async function read(scene: Scene, { key }: Backfill): Promise<Backfill> {
  const backfill = await scene.ledger.backfills.get(key);
  if (backfill === undefined) throw new Error("the backfill is gone");
  return backfill;
}

export const backfilling: Topic = {
  name: "backfills",
  tests: {
    "SEM 15: makes its runs under a cursor, and counts them as they end": async (scene, expect) => {
      const key = await scene.scheduled();
      const before = await scene.getTask(key);
      const backfill = await made(scene, key, { params: "7", concurrencyKey: "k" });
      expect(backfill).toMatchObject({
        status: "running",
        created: 0,
        live: 0,
        cursorMs: backfill.fromMs - 1,
      });
      const step = hours(backfill, 2);
      expect(await scene.ledger.backfills.advance(step, scene.nowMs)).toBe(true);
      expect(await scene.ledger.backfills.advance(step, scene.nowMs), "the same step again").toBe(false);
      const half = await read(scene, backfill);
      expect(half).toMatchObject({ status: "running", created: 2, live: 2, cursorMs: step.throughMs });
      expect((await scene.ledger.backfills.unfinished(9)).map((each) => each.key)).toEqual([backfill.key]);
      await scene.ledger.backfills.advance(hours(half, 1, true), scene.nowMs);
      expect(await scene.ledger.backfills.unfinished(9)).toEqual([]);
      const { items } = await scene.ledger.runs.list({ limit: 10, taskKey: key });
      expect(items[2]).toMatchObject({
        backfillKey: backfill.key,
        scheduledForMs: backfill.fromMs,
        dueAtMs: scene.nowMs,
        params: 7,
        priority: 3,
        concurrencyKey: "k",
        startedBy: { kind: "backfill", actor: "ann" },
      });
      const [first, second, third] = await scene.claim(await scene.worker());
      if (first) await scene.complete(first);
      if (second) await scene.fail(second);
      if (third) await scene.cancel(third.key);
      if (third) await scene.settle(third, { kind: "end", status: "cancelled" });
      expect(await read(scene, backfill)).toMatchObject({
        status: "completed",
        live: 0,
        completed: 1,
        failed: 1,
        cancelled: 1,
        finishedAtMs: scene.nowMs,
      });
      expect(await scene.ledger.tasks.occurrences(key, { limit: 9 }), "decisions stay as they are").toEqual({
        items: [],
      });
      const after = await scene.getTask(key);
      expect([after.decidedThroughMs, after.startedCount]).toEqual([before.decidedThroughMs, 0]);
    },
    "SEM 15: lets one of many who take the same step make its runs": async (scene, expect) => {
      const key = await scene.task();
      const backfill = await made(scene, key);
      const steps = await Promise.all(
        Array.from({ length: 20 }, () => scene.ledger.backfills.advance(hours(backfill, 5), scene.nowMs)),
      );
      expect(steps.filter(Boolean)).toHaveLength(1);
      expect(await read(scene, backfill)).toMatchObject({ created: 5, live: 5 });
    },
    "SEM 15: runs one after another with queue-all, of the revision it was made for": async (
      scene,
      expect,
    ) => {
      const key = await scene.task({ overlap: { policy: "skip", max: 1 } });
      const backfill = await made(scene, key, { overlap: "queue-all" });
      const edited = scene.definition({ name: "edited", overlap: { policy: "skip", max: 1 } });
      await scene.ledger.tasks.edit({ key, expectedRevision: 1, definition: edited }, scene.nowMs);
      await scene.ledger.backfills.advance(hours(backfill, 3, true), scene.nowMs);
      const worker = await scene.worker();
      for (let at = 0; at < 3; at++) {
        const run = await scene.claimOne(worker);
        expect(run).toMatchObject({ revision: 1, scheduledForMs: backfill.fromMs + at * hourMs });
        await scene.complete(run);
      }
      expect((await read(scene, backfill)).status).toBe("completed");
    },
    "SEM 15: a cancel ends its live runs and no others, and makes no more": async (scene, expect) => {
      const key = await scene.task();
      const own = await scene.run(key);
      const backfill = await made(scene, key);
      await scene.ledger.backfills.advance(hours(backfill, 3), scene.nowMs);
      const cancelled = await scene.ledger.backfills.cancel(backfill.key, scene.request(), scene.nowMs);
      expect(cancelled).toMatchObject({ status: "cancelled", live: 0, cancelled: 3 });
      expect(await scene.status(own)).toBe("pending");
      const half = await read(scene, backfill);
      expect(await scene.ledger.backfills.advance(hours(half, 3), scene.nowMs)).toBe(false);
      const again = await scene.ledger.backfills.cancel(backfill.key, scene.request(), scene.nowMs);
      expect(again).toEqual(half);
      expect(await scene.ledger.backfills.cancel(scene.nobody, scene.request(), scene.nowMs)).toBeUndefined();
    },
    "SEM 15: is refused for a task that is over, and cancelled with it": async (scene, expect) => {
      const key = await scene.task();
      const backfill = await made(scene, key);
      await scene.ledger.tasks.cancel(key, scene.nowMs);
      expect(await scene.ledger.backfills.create(plan(scene, key), scene.nowMs)).toBeUndefined();
      expect(await scene.ledger.backfills.advance(hours(backfill, 3), scene.nowMs)).toBe(false);
      expect(await read(scene, backfill)).toMatchObject({ status: "cancelled", created: 0 });
    },
    "SEM 15: a paused task's backfill waits for it": async (scene, expect) => {
      const key = await scene.task();
      await scene.ledger.tasks.pause(key, { actor: "ann" }, scene.nowMs);
      const backfill = await made(scene, key);
      await scene.ledger.backfills.advance(hours(backfill, 2), scene.nowMs);
      const worker = await scene.worker();
      expect(await scene.claim(worker)).toEqual([]);
      await scene.ledger.tasks.resume(key, undefined, scene.nowMs);
      expect(await scene.claim(worker)).toHaveLength(2);
    },
    "lists the backfills of a task, newest first, and forgets old ones": async (scene, expect) => {
      const key = await scene.task();
      const first = await made(scene, key);
      const second = await made(scene, key);
      await made(scene, await scene.task());
      const page = await scene.ledger.backfills.list(key, { limit: 1 });
      expect(page.items.map((each) => each.key)).toEqual([second.key]);
      const rest = await scene.ledger.backfills.list(key, { limit: 1, after: page.next ?? 0 });
      expect(rest).toEqual({ items: [first] });
      await scene.ledger.backfills.cancel(first.key, scene.request(), scene.nowMs);
      scene.later(10_000);
      await scene.ledger.maintenance.sweep({ successMs: 1, failureMs: 1000 }, 100, scene.nowMs);
      expect((await scene.ledger.backfills.list(key, { limit: 9 })).items).toEqual([second]);
    },
  },
};
