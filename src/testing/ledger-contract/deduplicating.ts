// One run for a key: dedup and debounce, judged in the transaction that stores the run (SEM 29).

import type { Key } from "../../domain/ids.ts";
import type { AddReply, SingleRun } from "../../ports/run-ledger.ts";
import type { Scene } from "./scene.ts";
import type { Topic } from "./topic.ts";

const once: SingleRun = { kind: "dedup", key: "k", onConflict: "return-existing" };
const newest: SingleRun = { kind: "dedup", key: "k", onConflict: "replace-pending" };
const reject: SingleRun = { kind: "dedup", key: "k", onConflict: "reject" };
const quiet: SingleRun = { kind: "debounce", key: "k", maxMs: 25_000 };

/** A trigger at the present moment that waits for ten seconds of quiet. */
function debounced(scene: Scene, taskKey: Key, params: string) {
  return scene.tryAdd(taskKey, { single: quiet, params, dueAtMs: scene.nowMs + 10_000 });
}

function isNew(reply: AddReply): boolean {
  return reply.ok && reply.isExisting === undefined;
}

export const deduplicating: Topic = {
  name: "one run for a key",
  tests: {
    "SEM 29: gives back the run that has the key until it has ended, for each task and key by itself": async (
      scene,
      expect,
    ) => {
      const key = await scene.task();
      const worker = await scene.worker();
      const first = await scene.run(key, { single: once });
      const again = await scene.tryAdd(key, { single: once, params: "9" });
      expect(again).toEqual({ ok: true, runKey: first, status: "pending", isExisting: true });
      expect((await scene.get(first)).params).toEqual({ to: "ann" });
      const others = [
        await scene.run(key, { single: { ...once, key: "other" } }),
        await scene.run(await scene.task(), { single: once }),
        await scene.run(key),
      ];
      expect(others.includes(first)).toBe(false);
      const claimed = (await scene.claim(worker)).find((run) => run.key === first);
      expect(await scene.tryAdd(key, { single: once })).toMatchObject({ runKey: first, status: "running" });
      if (claimed !== undefined) await scene.complete(claimed);
      const next = await scene.tryAdd(key, { single: once });
      expect(next).toMatchObject({ ok: true, status: "pending" });
      expect(isNew(next)).toBe(true);
      await scene.cancel(next.ok ? next.runKey : 0);
      expect(await scene.run(key, { single: once })).toBeGreaterThan(next.ok ? next.runKey : 0);
    },
    "SEM 29: makes one run of many that ask at once, in one call and in many": async (scene, expect) => {
      const key = await scene.task();
      const alone = await Promise.all(Array.from({ length: 30 }, () => scene.tryAdd(key, { single: once })));
      const together = await scene.ledger.runs.add(
        Array.from({ length: 30 }, (_, at) =>
          scene.newRun(key, at % 3 === 0 ? { single: { ...once, key: "together" } } : {}),
        ),
        scene.nowMs,
      );
      const keysOf = (replies: typeof together) =>
        new Set(replies.flatMap((reply) => (reply.ok ? [reply.runKey] : [])));
      expect(keysOf(alone).size).toBe(1);
      expect(keysOf(together).size).toBe(21);
      expect(keysOf(together.filter((_, at) => at % 3 === 0)).size).toBe(1);
      expect((await scene.ledger.runs.counts()).byStatus.pending).toBe(22);
    },
    "SEM 29: keeps the key for its window, whatever becomes of the run, and no longer": async (
      scene,
      expect,
    ) => {
      const key = await scene.task();
      const worker = await scene.worker();
      const single: SingleRun = { ...once, windowMs: 60_000 };
      const first = await scene.run(key, { single });
      await scene.complete(await scene.claimOne(worker));
      scene.later(59_999);
      expect(await scene.tryAdd(key, { single })).toMatchObject({ runKey: first, status: "completed" });
      scene.later(1);
      const second = await scene.tryAdd(key, { single });
      expect(isNew(second)).toBe(true);
      scene.later(60_000);
      await scene.ledger.maintenance.sweep({ successMs: 1, failureMs: 1 }, 100, scene.nowMs);
      expect(isNew(await scene.tryAdd(key, { single }))).toBe(true);
    },
    "SEM 29: leaves the run of a window to those who are answered with it, however old it is": async (
      scene,
      expect,
    ) => {
      const key = await scene.task();
      const worker = await scene.worker();
      const single: SingleRun = { ...once, windowMs: 60_000 };
      const first = await scene.run(key, { single });
      await scene.complete(await scene.claimOne(worker));
      await scene.run(key);
      await scene.complete(await scene.claimOne(worker));
      scene.later(1000);
      const sweep = () => scene.ledger.maintenance.sweep({ successMs: 1, failureMs: 1 }, 100, scene.nowMs);
      await sweep();
      expect(await scene.tryAdd(key, { single })).toMatchObject({ runKey: first });
      scene.later(60_000);
      await sweep();
      expect(await scene.ledger.runs.get(first)).toBeUndefined();
    },
    "SEM 29: refuses where it is told to, naming the run": async (scene, expect) => {
      const key = await scene.task({ overlap: { policy: "skip", max: 1 } });
      const first = await scene.run(key, { single: reject });
      expect(await scene.tryAdd(key, { single: reject })).toEqual({
        ok: false,
        error: "DUPLICATE",
        runKey: first,
      });
      expect(await scene.tryAdd(key, { single: { ...reject, key: "x" } }), "overlap comes second").toEqual({
        ok: false,
        error: "OVERLAP",
        runKey: first,
      });
      await scene.cancel(first);
      await scene.run(key, { single: { ...reject, key: "x" } });
    },
    "SEM 29: gives a run that has not begun the newer params, priority, bounds and revision": async (
      scene,
      expect,
    ) => {
      const key = await scene.task({ expireAfterMs: 5000 });
      const worker = await scene.worker();
      const first = await scene.run(key, { single: newest, params: "1" });
      const edited = scene.definition({ name: "edited", expireAfterMs: 5000 });
      await scene.ledger.tasks.edit({ key, expectedRevision: 1, definition: edited }, scene.nowMs);
      scene.later(4000);
      const again = await scene.tryAdd(key, {
        single: newest,
        params: "2",
        priority: 9,
        revision: 2,
        concurrencyKey: "ann",
        startedBy: { kind: "trigger", actor: "bob" },
      });
      expect(again).toEqual({ ok: true, runKey: first, status: "pending", isExisting: true });
      expect(await scene.get(first)).toMatchObject({
        params: 2,
        priority: 9,
        revision: 2,
        concurrencyKey: "ann",
        expireAtMs: scene.nowMs + 5000,
        startedBy: { actor: "bob" },
      });
      expect(await scene.events(first)).toEqual(["run.created", "run.replaced"]);
      await scene.wait(1000);
      expect((await scene.get(first)).status, "the old expiry is forgotten").toBe("pending");
      const claimed = await scene.claimOne(worker);
      expect(claimed).toMatchObject({ key: first, params: "2", revision: 2 });
      const second = await scene.tryAdd(key, { single: newest, revision: 2 });
      expect(isNew(second), "one that has begun is not touched").toBe(true);
      await scene.complete(claimed);
      const third = await scene.tryAdd(key, { single: newest, revision: 2 });
      expect(third).toMatchObject({ isExisting: true, runKey: second.ok ? second.runKey : 0 });
    },
    "SEM 29: gives blocked, paused and delayed runs the newer params where they are": async (
      scene,
      expect,
    ) => {
      const up = await scene.task();
      const blocked = await scene.task({ dependsOn: [{ taskKey: up }] });
      await scene.run(up);
      const waiting = await scene.run(blocked, { single: newest });
      await scene.tryAdd(blocked, { single: newest, params: "2" });
      expect(await scene.get(waiting)).toMatchObject({ status: "blocked", params: 2 });

      const key = await scene.task({ expireAfterMs: 5000 });
      const paused = await scene.run(key, { single: newest });
      await scene.ledger.runs.pause(paused, { actor: "ann" }, true, scene.nowMs);
      scene.later(10_000);
      await scene.tryAdd(key, { single: newest, params: "2" });
      expect(await scene.get(paused)).toMatchObject({ status: "paused", params: 2 });
      scene.later(10_000);
      await scene.ledger.runs.resume(paused, scene.nowMs);
      expect(await scene.get(paused)).toMatchObject({ status: "pending", expireAtMs: scene.nowMs + 5000 });

      const later = await scene.task();
      const delayed = await scene.run(later, { single: newest, dueAtMs: scene.nowMs + 60_000 });
      await scene.tryAdd(later, { single: newest });
      const worker = await scene.worker();
      expect((await scene.claim(worker)).map((run) => run.key)).toContain(delayed);
    },
    "SEM 29: a debounced run starts when it has been quiet, with the last params, and not later than max":
      async (scene, expect) => {
        const key = await scene.task();
        const worker = await scene.worker();
        const first = await debounced(scene, key, "1");
        for (const params of ["2", "3"]) {
          await scene.wait(9000);
          expect(await debounced(scene, key, params)).toMatchObject({ isExisting: true, status: "pending" });
        }
        expect(await scene.wait(6999)).toBe(0);
        expect(await scene.wait(1)).toBe(1);
        const claimed = await scene.claimOne(worker);
        expect(claimed).toMatchObject({ key: first.ok ? first.runKey : 0, params: "3" });
        const next = await debounced(scene, key, "4");
        expect(isNew(next), "one that has begun is not put off").toBe(true);
        await scene.complete(claimed);
        expect(await debounced(scene, key, "5")).toMatchObject({ isExisting: true });
        const other = await scene.tryAdd(key, { single: once });
        expect(isNew(other), "its keys are apart from those of dedup").toBe(true);
      },
    "SEM 29 N1: an instant that meets a key is coalesced into the run that has it": async (scene, expect) => {
      const dedup = { key: "k", onConflict: "return-existing" } as const;
      const key = await scene.scheduled({ dedup, overlap: { policy: "allow", max: 1 } });
      const worker = await scene.worker();
      const fire = async () => {
        const { occurrences } = await scene.firing(key);
        await scene.fire(key, { occurrences: occurrences.map((each) => ({ ...each, dedupKey: "k" })) });
      };
      await fire();
      const [first] = (await scene.ledger.runs.list({ limit: 10, taskKey: key })).items;
      await fire();
      const { items } = await scene.ledger.tasks.occurrences(key, { limit: 10 });
      expect(items).toMatchObject([
        { decision: "coalesced", reason: "dedup", intoRunKey: first?.key },
        { decision: "started", runKey: first?.key },
      ]);
      expect((await scene.getTask(key)).startedCount).toBe(1);
      await scene.complete(await scene.claimOne(worker));
      await fire();
      expect(await scene.decisions(key)).toEqual(["started", "coalesced(dedup)", "started"]);
    },
  },
};
