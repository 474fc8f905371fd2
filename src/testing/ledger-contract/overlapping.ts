// Overlap: what a run meets when another of its task is live (SEM 2).

import type { OverlapPolicy } from "../../domain/task.ts";
import type { Topic } from "./topic.ts";

const policy = (name: OverlapPolicy, max = 1) => ({ overlap: { policy: name, max } });

export const overlapping: Topic = {
  name: "overlap",
  tests: {
    "skip refuses a call, naming the live run, and decides an instant as skipped(overlap)": async (
      scene,
      expect,
    ) => {
      const key = await scene.scheduled(policy("skip"));
      const [live] = await scene.fire(key);
      expect(await scene.tryAdd(key)).toEqual({ ok: false, error: "OVERLAP", runKey: live });
      expect(await scene.fire(key)).toEqual([]);
      expect(await scene.decisions(key)).toEqual(["started", "skipped(overlap)"]);
      await scene.complete(await scene.claimOne(await scene.worker()));
      expect(await scene.fire(key)).toHaveLength(1);
    },
    "every live state counts: delayed, retrying, waiting, paused": async (scene, expect) => {
      const worker = await scene.worker();
      const key = await scene.task(policy("skip"));
      const runKey = await scene.run(key, { dueAtMs: scene.nowMs + 1000 });
      const expectBlocked = async (state: string) => {
        expect(await scene.status(runKey)).toBe(state);
        expect(await scene.tryAdd(key)).toEqual({ ok: false, error: "OVERLAP", runKey });
      };
      await expectBlocked("pending");
      await scene.wait(1000);
      await scene.retry(await scene.claimOne(worker));
      await expectBlocked("retrying");
      await scene.wait(1000);
      await scene.settle(await scene.claimOne(worker), { kind: "suspend", signal: "go", state: null });
      await expectBlocked("waiting");
      await scene.ledger.runs.pause(runKey, { actor: "ann" }, true, scene.nowMs);
      await expectBlocked("paused");
      await scene.cancel(runKey);
      expect(await scene.tryAdd(key)).toMatchObject({ ok: true });
    },
    "queue lets one wait behind the live one, and is skip beyond": async (scene, expect) => {
      const key = await scene.task(policy("queue", 2));
      const worker = await scene.worker();
      const first = await scene.run(key);
      const [second, third] = [await scene.run(key), await scene.run(key)];
      expect(await scene.tryAdd(key)).toMatchObject({ ok: false, error: "OVERLAP" });
      expect(await scene.get(second)).toMatchObject({ status: "pending", heldBy: "overlap" });
      const running = await scene.claimOne(worker);
      expect(running.key).toBe(first);
      await scene.complete(running);
      expect((await scene.claimOne(worker)).key).toBe(second);
      expect(await scene.run(key)).toBeGreaterThan(third);
    },
    "queue-all lets any number wait, one after another, also when one in the middle is cancelled": async (
      scene,
      expect,
    ) => {
      const key = await scene.task(policy("queue-all"));
      const worker = await scene.worker();
      const keys: number[] = [];
      for (let n = 0; n < 5; n++) keys.push(await scene.run(key));
      await scene.cancel(keys[2] ?? 0);
      const order: number[] = [];
      for (let n = 0; n < 4; n++) {
        const run = await scene.claimOne(worker);
        order.push(run.key);
        await (n % 2 === 0 ? scene.complete(run) : scene.fail(run));
      }
      expect(order).toEqual([keys[0], keys[1], keys[3], keys[4]]);
    },
    "the one in front holds the line while it retries or is interrupted": async (scene, expect) => {
      const key = await scene.task(policy("queue-all"));
      const worker = await scene.worker();
      const first = await scene.run(key);
      const second = await scene.run(key);
      await scene.retry(await scene.claimOne(worker));
      expect(await scene.claim(worker)).toEqual([]);
      await scene.wait(1000);
      const again = await scene.claimOne(worker);
      expect(again.key).toBe(first);
      await scene.settle(again, { kind: "interrupt", reason: "shutdown" });
      const once = await scene.claimOne(worker);
      expect(once.key).toBe(first);
      await scene.complete(once);
      expect((await scene.claimOne(worker)).key).toBe(second);
    },
    "cancel-previous asks the live one to stop and starts the new one when it has": async (scene, expect) => {
      const key = await scene.task(policy("cancel-previous"));
      const worker = await scene.worker();
      const first = await scene.run(key);
      const running = await scene.claimOne(worker);
      const second = await scene.run(key);
      expect(await scene.get(first)).toMatchObject({
        status: "cancelling",
        cancel: { cause: "overlap", graceMs: 30_000 },
      });
      expect(await scene.claim(worker)).toEqual([]);
      const third = await scene.run(key);
      expect(await scene.get(second)).toMatchObject({ status: "cancelled", cancel: { cause: "overlap" } });
      await scene.settle(running, { kind: "end", status: "cancelled" });
      expect((await scene.claimOne(worker)).key).toBe(third);
    },
    "cancel-previous starts at once when the live one holds nothing": async (scene, expect) => {
      const key = await scene.task(policy("cancel-previous"));
      const first = await scene.run(key);
      const second = await scene.run(key);
      expect(await scene.status(first)).toBe("cancelled");
      expect((await scene.claimOne(await scene.worker())).key).toBe(second);
    },
    "terminate-previous gives no grace": async (scene, expect) => {
      const key = await scene.task(policy("terminate-previous"));
      const first = await scene.run(key);
      await scene.claimOne(await scene.worker());
      await scene.run(key);
      expect(await scene.get(first)).toMatchObject({ status: "cancelling", cancel: { graceMs: 0 } });
    },
    "allow starts all together": async (scene, expect) => {
      const key = await scene.scheduled(policy("allow"));
      await scene.fire(key);
      await scene.fire(key);
      await scene.run(key);
      expect(await scene.claim(await scene.worker())).toHaveLength(3);
    },
    "one call may override its task's policy, either way": async (scene, expect) => {
      const strict = await scene.task(policy("skip"));
      await scene.run(strict);
      expect(await scene.tryAdd(strict, { overlap: "allow" })).toMatchObject({ ok: true });
      const free = await scene.task();
      const [first = 0] = await scene.runs(free, 2);
      expect(await scene.tryAdd(free, { overlap: "skip" })).toMatchObject({ ok: false, error: "OVERLAP" });
      const last = await scene.run(free, { overlap: "queue-all" });
      expect(await scene.get(last)).toMatchObject({ heldBy: "overlap" });
      await scene.ledger.runs.cancel({ taskKey: free }, scene.request(), scene.nowMs);
      expect(await scene.status(first)).toBe("cancelled");
    },
    "a queued run waits for all live runs, not only for the newest": async (scene, expect) => {
      const key = await scene.task(policy("queue-all"));
      const worker = await scene.worker();
      await scene.run(key);
      await scene.run(key, { overlap: "allow" });
      const waiting = await scene.run(key);
      const [first, second] = await scene.claim(worker);
      if (first === undefined || second === undefined) return;
      await scene.complete(second);
      expect(await scene.claim(worker)).toEqual([]);
      await scene.complete(first);
      expect((await scene.claimOne(worker)).key).toBe(waiting);
    },
    "retries by hand are not judged": async (scene, expect) => {
      const key = await scene.task(policy("skip"));
      await scene.run(key);
      expect(await scene.tryAdd(key, { startedBy: { kind: "retry" } })).toMatchObject({ ok: true });
    },
    "only one of many calls at once gets through skip": async (scene, expect) => {
      const key = await scene.task(policy("skip"));
      const replies = await Promise.all(Array.from({ length: 30 }, () => scene.tryAdd(key)));
      expect(replies.filter((reply) => reply.ok)).toHaveLength(1);
    },
    "a policy that comes with an edit holds for runs that were live before": async (scene, expect) => {
      const key = await scene.task();
      await scene.runs(key, 2);
      await scene.ledger.tasks.edit(
        { key, expectedRevision: 1, definition: scene.definition(policy("skip")) },
        scene.nowMs,
      );
      expect(await scene.tryAdd(key, { revision: 2 })).toMatchObject({ ok: false, error: "OVERLAP" });
      const worker = await scene.worker();
      for (const run of await scene.claim(worker)) await scene.complete(run);
      expect(await scene.tryAdd(key, { revision: 2 })).toMatchObject({ ok: true });
    },
    "SEM 14: misfire `all` starts its runs one after another, oldest first, whatever the policy says": async (
      scene,
      expect,
    ) => {
      const key = await scene.scheduled(policy("skip"));
      const occurrences = [1, 2, 3].map((n) => ({
        scheduledForMs: scene.nowMs + n * 60_000,
        dueAtMs: scene.nowMs + n * 60_000,
        decision: "started" as const,
      }));
      const started = await scene.fire(key, { atMs: scene.nowMs + 180_000, occurrences, inOrder: true });
      expect(started).toHaveLength(3);
      const worker = await scene.worker();
      for (const expected of started) {
        const run = await scene.claimOne(worker);
        expect(run.key).toBe(expected);
        await scene.complete(run);
      }
    },
    "SEM 14: for `allow` they start together": async (scene, expect) => {
      const key = await scene.scheduled(policy("allow"));
      const occurrences = [1, 2].map((n) => ({
        scheduledForMs: scene.nowMs + n * 60_000,
        dueAtMs: scene.nowMs + n * 60_000,
        decision: "started" as const,
      }));
      await scene.fire(key, { atMs: scene.nowMs + 120_000, occurrences, inOrder: true });
      expect(await scene.claim(await scene.worker())).toHaveLength(2);
    },
  },
};
