// Calls that may be made twice (SEM 29): what they change is changed once, whatever was lost in between.

import { rememberedMs, type RepeatableCall } from "../../ports/call-ledger.ts";
import type { Ledger } from "../../ports/ledger.ts";
import type { Scene } from "./scene.ts";
import type { Topic } from "./topic.ts";

function callOf(scene: Scene, over: Partial<RepeatableCall> = {}): RepeatableCall {
  return { scope: "ann tasks.create", key: "k1", digest: "d1", nowMs: scene.nowMs, ...over };
}

/** Begins the call, as each process that gets it does. */
function begin(scene: Scene, over: Partial<RepeatableCall> = {}): Ledger {
  return scene.ledger.calls.remembering(callOf(scene, over));
}

export const repeating: Topic = {
  name: "calls that may be made twice",
  tests: {
    "SEM 29: a task is stored once, and the second call gets the first one's": async (scene, expect) => {
      const first = await begin(scene).tasks.create([scene.newTask()], scene.nowMs);
      scene.later(1000);
      const second = await begin(scene).tasks.create([scene.newTask()], scene.nowMs);
      expect(second).toEqual(first);
      expect((await scene.ledger.tasks.list({ limit: 10 })).items).toHaveLength(1);
    },
    "SEM 29: a run is added once, also when both calls come in one turn": async (scene, expect) => {
      const key = await scene.task();
      const add = () => begin(scene).runs.add([scene.newRun(key)], scene.nowMs);
      const [first, second] = await Promise.all([add(), add()]);
      expect(first[0]?.ok).toBe(true);
      expect(second).toEqual(first);
      expect((await scene.ledger.runs.counts()).byStatus.pending).toBe(1);
    },
    "an offer of slots is left alone: what is claimed once is not handed out again": async (
      scene,
      expect,
    ) => {
      const key = await scene.task();
      const workerKey = await scene.worker();
      const offer = { workerKey, queues: ["*"], types: ["work"], slots: 1 };
      const add = () => begin(scene).runs.add([scene.newRun(key)], scene.nowMs, offer);
      const [first] = await add();
      expect(first).toMatchObject({ ok: true, status: "pending" });
      expect(await scene.claim(workerKey)).toHaveLength(1);
      expect((await add())[0]).toEqual(first);
    },
    "a refusal is an answer too": async (scene, expect) => {
      const key = await scene.task({ overlap: { policy: "skip", max: 1 } });
      const live = await scene.run(key);
      const [first] = await begin(scene).runs.add([scene.newRun(key)], scene.nowMs);
      expect(first).toEqual({ ok: false, error: "OVERLAP", runKey: live });
      await scene.complete(await scene.claimOne(await scene.worker()));
      const [second] = await begin(scene).runs.add([scene.newRun(key)], scene.nowMs);
      expect(second).toEqual(first);
    },
    "each verb of a call counts by itself, in the order it is asked": async (scene, expect) => {
      const key = await scene.task();
      const twice = async () => {
        const ledger = begin(scene);
        const [a] = await ledger.runs.add([scene.newRun(key)], scene.nowMs);
        const [b] = await ledger.runs.add([scene.newRun(key)], scene.nowMs);
        await ledger.tasks.pause(key, { actor: "ann" }, scene.nowMs);
        return [a, b];
      };
      const first = await twice();
      expect(await twice()).toEqual(first);
      expect((await scene.ledger.runs.list({ limit: 10 })).items).toHaveLength(2);
    },
    "a call that died half way goes on where it was": async (scene, expect) => {
      const key = await scene.task();
      const before = begin(scene);
      const [a] = await before.runs.add([scene.newRun(key)], scene.nowMs);
      const after = begin(scene);
      expect(await after.runs.add([scene.newRun(key)], scene.nowMs)).toEqual([a]);
      const [b] = await after.runs.add([scene.newRun(key)], scene.nowMs);
      expect(b).toMatchObject({ ok: true });
      expect(JSON.stringify(b) === JSON.stringify(a), "a run of its own").toBe(false);
    },
    "reading verbs tell what is true now": async (scene, expect) => {
      const key = await scene.task();
      expect((await begin(scene).runs.counts()).byStatus.pending).toBe(0);
      await scene.run(key);
      expect((await begin(scene).runs.counts()).byStatus.pending).toBe(1);
    },
    "what decides a change is found as it was before": async (scene, expect) => {
      const failed = await scene.run(await scene.task());
      await scene.fail(await scene.claimOne(await scene.worker()));
      const [group] = (await scene.ledger.errors.list({ limit: 1 })).items;
      const print = group?.fingerprint ?? "";
      const look = async () => {
        const { tasks, errors } = begin(scene);
        return [await tasks.findByExternalId(undefined, "x"), await errors.waiting(print, { limit: 10 })];
      };
      expect(await look()).toEqual([undefined, { items: [failed] }]);
      await scene.task({ externalId: "x" });
      await scene.ledger.errors.mark(print, "resolved");
      expect(await look()).toEqual([undefined, { items: [failed] }]);
    },
    "a verb that found nothing finds nothing again": async (scene, expect) => {
      const cancel = () => begin(scene).backfills.cancel(17, scene.request(), scene.nowMs);
      const mark = () => begin(scene).errors.mark("0123456789abcdef", "muted");
      const revoke = () => begin(scene).access.revokeKey(17, "ann", scene.nowMs);
      for (const verb of [cancel, mark, revoke])
        expect([await verb(), await verb()]).toEqual([undefined, undefined]);
    },
    "the same key with another input is refused, of another caller it is another call": async (
      scene,
      expect,
    ) => {
      const key = await scene.task();
      const add = (over: Partial<RepeatableCall>) =>
        begin(scene, over).runs.add([scene.newRun(key)], scene.nowMs);
      await add({});
      const [reused] = await Promise.allSettled([add({ digest: "d2" })]);
      expect(reused).toMatchObject({ status: "rejected", reason: { code: "IDEMPOTENCY_KEY_REUSED" } });
      await add({ scope: "bob tasks.create", digest: "d2" });
      await add({ key: "k2", digest: "d2" });
      expect((await scene.ledger.runs.counts()).byStatus.pending).toBe(3);
    },
    "a verb that breaks is remembered by nobody": async (scene, expect) => {
      const broken: unknown = "not a number";
      const take = (nowMs: number) => begin(scene).workers.takeRole("cleaner", nowMs, scene.nowMs);
      const [result] = await Promise.allSettled([take(broken as number)]); // the lie this test is about
      expect(result?.status).toBe("rejected");
      expect(await take(await scene.worker())).toBe(true);
    },
    "keeps the answer of the whole call for a day": async (scene, expect) => {
      const { calls, maintenance } = scene.ledger;
      expect(await calls.recall(callOf(scene))).toBeUndefined();
      await begin(scene).tasks.create([scene.newTask()], scene.nowMs);
      expect(await calls.recall(callOf(scene)), "begun, not answered").toEqual({ digest: "d1" });
      await calls.remember(callOf(scene), { id: "task_1" });
      const remembered = { digest: "d1", answer: { id: "task_1" } };
      expect(await calls.recall(callOf(scene))).toEqual(remembered);
      const at = (nowMs: number) => calls.recall(callOf(scene, { nowMs }));
      expect(await at(scene.nowMs + rememberedMs - 1)).toEqual(remembered);
      expect(await at(scene.nowMs + rememberedMs)).toBeUndefined();
      const kept = { successMs: 1, failureMs: 1 };
      await maintenance.sweep(kept, 100, scene.nowMs + rememberedMs - 1);
      expect(await calls.recall(callOf(scene))).toEqual(remembered);
      await maintenance.sweep(kept, 100, scene.nowMs + rememberedMs);
      expect(await calls.recall(callOf(scene))).toBeUndefined();
    },
    "a key that is older than that may be used again": async (scene, expect) => {
      const key = await scene.task();
      const add = (over: Partial<RepeatableCall>) =>
        begin(scene, over).runs.add([scene.newRun(key)], scene.nowMs);
      const [first] = await add({});
      scene.later(rememberedMs);
      const [second] = await add({ digest: "d2" });
      expect(second).toMatchObject({ ok: true });
      expect(JSON.stringify(second) === JSON.stringify(first), "a run of its own").toBe(false);
    },
  },
};
