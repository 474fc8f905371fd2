// The error inbox: kept up by whatever ends a run, in its transaction.

import type { Key } from "../../domain/ids.ts";
import type { ClaimedRun } from "../../ports/run-ledger.ts";
import type { Scene } from "./scene.ts";
import type { Topic } from "./topic.ts";

/** Makes a run of the task and lets it fail so. */
async function failOne(scene: Scene, taskKey: Key, message: string): Promise<Key> {
  const runKey = await scene.run(taskKey);
  const claimed = await claimAll(scene);
  for (const run of claimed) await failWith(scene, run, message);
  return runKey;
}

async function claimAll(scene: Scene): Promise<readonly ClaimedRun[]> {
  return scene.claim(await scene.worker());
}

function failWith(scene: Scene, run: ClaimedRun, message: string, status: "failed" | "timed_out" = "failed") {
  const stack = "Error\n    at send (/app/mail.ts:10:5)";
  const error = { code: "EXECUTION_FAILED", message, retryable: true, stack };
  const result = JSON.stringify({ error });
  return scene.settle(run, { kind: "end", status, result, errorCode: error.code });
}

const all = { limit: 10 };

export const failing: Topic = {
  name: "the error inbox",
  tests: {
    "N15: a run counts by the type it was made with, also among others of its task in one claim": async (
      scene,
      expect,
    ) => {
      const key = await scene.task({ type: "work" });
      const older = await scene.run(key);
      await scene.ledger.tasks.edit(
        { key, expectedRevision: 1, definition: scene.definition({ type: "copy" }) },
        scene.nowMs,
      );
      const newer = await scene.run(key, { revision: 2 });
      const claimed = await scene.claim(await scene.worker(), { types: ["work", "copy"] });
      for (const run of claimed) await failWith(scene, run, "out of paper");
      const { items } = await scene.ledger.errors.list(all);
      expect(items.map(({ type, sampleRunKeys }) => [type, sampleRunKeys])).toEqual([
        ["copy", [newer]],
        ["work", [older]],
      ]);
    },
    "N15: puts runs that failed alike together, and tells how often, when and which": async (
      scene,
      expect,
    ) => {
      const key = await scene.task({ userId: "ann" });
      const first = await failOne(scene, key, "order 17 not found");
      scene.later(60_000);
      const second = await failOne(scene, key, "order 18 not found");
      await failOne(scene, key, "out of paper");
      await failOne(scene, await scene.task(), "order 19 not found");
      await scene.complete((await scene.run(key), await scene.claimOne(await scene.worker())));
      const { items } = await scene.ledger.errors.list(all);
      expect(items.map(({ message, count, userId }) => [message, count, userId])).toEqual([
        ["order 19 not found", 1, undefined],
        ["out of paper", 1, "ann"],
        ["order 18 not found", 2, "ann"],
      ]);
      expect(items[2]).toMatchObject({
        type: "work",
        code: "EXECUTION_FAILED",
        frame: "send (mail.ts)",
        status: "open",
        waiting: 2,
        firstSeenMs: scene.nowMs - 60_000,
        lastSeenMs: scene.nowMs,
        sampleRunKeys: [second, first],
      });
      const print = items[2]?.fingerprint ?? "";
      expect(await scene.ledger.errors.get(print)).toEqual(items[2]);
      expect((await scene.ledger.errors.list({ ...all, userId: "ann" })).items).toHaveLength(2);
      expect((await scene.ledger.errors.list({ ...all, type: ["other"] })).items).toEqual([]);
      const page = await scene.ledger.errors.list({ limit: 2 });
      const rest = await scene.ledger.errors.list({ limit: 2, after: page.next ?? 0 });
      expect([...page.items, ...rest.items]).toEqual(items);
      const [one] = [await scene.ledger.errors.waiting(print, { limit: 1 })];
      expect(one.items).toEqual([first]);
      expect((await scene.ledger.errors.waiting(print, { limit: 9, after: one.next ?? 0 })).items).toEqual([
        second,
      ]);
      expect(await scene.ledger.errors.get("0123456789abcdef")).toBeUndefined();
    },
    "N15: counts many failures of one commit, and ends that Rota decided; not cancels": async (
      scene,
      expect,
    ) => {
      const key = await scene.task();
      await scene.runs(key, 40);
      const claimed = await claimAll(scene);
      const replies = await Promise.all(claimed.map((run) => failWith(scene, run, "down", "timed_out")));
      expect(replies.every((reply) => reply.ok)).toBe(true);
      await scene.run(key, { expireAtMs: scene.nowMs + 10 });
      await scene.cancel(await scene.run(key));
      await scene.wait(10);
      const { items } = await scene.ledger.errors.list(all);
      expect(items.map(({ code, count, waiting }) => [code, count, waiting])).toEqual([
        ["EXPIRED", 1, 1],
        ["EXECUTION_FAILED", 40, 40],
      ]);
      expect(items[1]?.sampleRunKeys).toHaveLength(5);
    },
    "N15: lets a run go that is retried, in the transaction that makes the new one": async (
      scene,
      expect,
    ) => {
      const key = await scene.task();
      const failed = await failOne(scene, key, "down");
      const waiting = async () => (await scene.ledger.errors.list(all)).items[0]?.waiting;
      expect(await waiting()).toBe(1);
      await scene.run(key, { retryOf: failed, startedBy: { kind: "retry" } });
      expect(await waiting()).toBe(0);
      const [again] = await claimAll(scene);
      if (again !== undefined) await failWith(scene, again, "down");
      const [group] = (await scene.ledger.errors.list(all)).items;
      expect(group).toMatchObject({ count: 2, waiting: 1, sampleRunKeys: [again?.key] });
    },
    "N15: a resolved group opens again with the next failure, a muted one stays": async (scene, expect) => {
      const key = await scene.task();
      await failOne(scene, key, "down");
      const print = (await scene.ledger.errors.list(all)).items[0]?.fingerprint ?? "";
      expect(await scene.ledger.errors.mark(print, "resolved")).toMatchObject({
        status: "resolved",
        count: 1,
        waiting: 0,
        sampleRunKeys: [],
      });
      expect((await scene.ledger.errors.list({ ...all, status: ["open"] })).items).toEqual([]);
      const next = await failOne(scene, key, "down");
      expect(await scene.ledger.errors.get(print)).toMatchObject({
        status: "open",
        count: 2,
        waiting: 1,
        sampleRunKeys: [next],
      });
      await scene.ledger.errors.mark(print, "muted");
      await failOne(scene, key, "down");
      expect(await scene.ledger.errors.get(print)).toMatchObject({ status: "muted", count: 3, waiting: 2 });
      expect(await scene.ledger.errors.mark("0123456789abcdef", "muted")).toBeUndefined();
    },
    "N15: forgets runs with their retention, and groups that are over": async (scene, expect) => {
      const key = await scene.task();
      await failOne(scene, key, "down");
      await failOne(scene, key, "down");
      const newest = await failOne(scene, key, "down");
      scene.later(10_000);
      const sweep = () => scene.ledger.maintenance.sweep({ successMs: 1, failureMs: 1000 }, 100, scene.nowMs);
      await sweep();
      const [group] = (await scene.ledger.errors.list(all)).items;
      expect(group, "a task's newest run is kept").toMatchObject({ waiting: 1, sampleRunKeys: [newest] });
      await scene.ledger.errors.mark(group?.fingerprint ?? "", "resolved");
      await sweep();
      expect((await scene.ledger.errors.list(all)).items).toEqual([]);
    },
  },
};
