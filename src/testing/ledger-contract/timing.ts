// Run timers: every moment a run waits for lies in the ledger (SEM 4).

import type { Topic } from "./topic.ts";

export const timing: Topic = {
  name: "run timers",
  tests: {
    "names the next timer, and tells of a nearer one with its commit": async (scene, expect) => {
      const key = await scene.task();
      const told: (number | undefined)[] = [];
      scene.ledger.onCommit((note) => told.push(note.nextTimerAtMs));
      await scene.run(key, { dueAtMs: scene.nowMs + 5000 });
      await scene.run(key, { dueAtMs: scene.nowMs + 1000 });
      expect(told).toEqual([scene.nowMs + 5000, scene.nowMs + 1000]);
      expect(await scene.ledger.runs.releaseDue(scene.nowMs, 10)).toEqual({
        released: 0,
        nextTimerAtMs: scene.nowMs + 1000,
      });
      scene.later(5000);
      expect(await scene.ledger.runs.releaseDue(scene.nowMs, 1)).toEqual({
        released: 1,
        nextTimerAtMs: scene.nowMs,
      });
      expect(await scene.ledger.runs.releaseDue(scene.nowMs, 10)).toEqual({ released: 1 });
      expect(await scene.ledger.runs.releaseDue(scene.nowMs, 10)).toEqual({ released: 0 });
    },
    "SEM 36: a run that never began expires; one that began does not": async (scene, expect) => {
      const key = await scene.task();
      const worker = await scene.worker();
      const begun = await scene.run(key, { expireAtMs: scene.nowMs + 1000 });
      await scene.retry(await scene.claimOne(worker), 60_000);
      const waiting = await scene.run(key, { expireAtMs: scene.nowMs + 1000 });
      const delayed = await scene.run(key, { expireAtMs: scene.nowMs + 1000, dueAtMs: scene.nowMs + 60_000 });
      expect(await scene.wait(1000)).toBe(2);
      expect(await scene.statuses([begun, waiting, delayed])).toEqual(["retrying", "timed_out", "timed_out"]);
      expect((await scene.get(waiting)).result).toMatchObject({
        success: false,
        error: { code: "EXPIRED" },
        duration: null,
      });
      expect(await scene.events(waiting)).toEqual(["run.created", "run.timed-out"]);
    },
    "SEM 36: a deadline ends a run that nobody holds as timed_out": async (scene, expect) => {
      const key = await scene.task();
      const worker = await scene.worker();
      const deadlineAtMs = scene.nowMs + 1000;
      const [retrying = 0, waiting = 0] = await scene.runs(key, 2, { deadlineAtMs });
      const [a, b] = await scene.claim(worker);
      if (a === undefined || b === undefined) return;
      await scene.retry(a, 60_000);
      await scene.settle(b, { kind: "suspend", state: null, signal: "go" });
      const pending = await scene.run(key, { deadlineAtMs });
      await scene.wait(1000);
      for (const runKey of [retrying, waiting, pending]) {
        expect(await scene.get(runKey)).toMatchObject({
          status: "timed_out",
          result: { error: { code: "DEADLINE" } },
        });
      }
    },
    "SEM 36: a running run is stopped at its deadline and ends timed_out, unless it succeeds": async (
      scene,
      expect,
    ) => {
      const key = await scene.task();
      const [a = 0, b = 0] = await scene.runs(key, 2, { deadlineAtMs: scene.nowMs + 1000 });
      const [first, second] = await scene.claim(await scene.worker());
      if (first === undefined || second === undefined) return;
      await scene.wait(1000);
      expect(await scene.get(a)).toMatchObject({ status: "cancelling", cancel: { cause: "timeout" } });
      expect(await scene.settle(first, { kind: "end", status: "cancelled" })).toEqual({
        ok: true,
        status: "timed_out",
      });
      expect((await scene.get(a)).result?.error).toMatchObject({ code: "DEADLINE" });
      expect(await scene.complete(second)).toEqual({ ok: true, status: "completed" });
      expect(await scene.status(b)).toBe("completed");
    },
    "a timer whose reason is gone does nothing": async (scene, expect) => {
      const key = await scene.task();
      const runKey = await scene.run(key, {
        expireAtMs: scene.nowMs + 1000,
        deadlineAtMs: scene.nowMs + 2000,
      });
      await scene.complete(await scene.claimOne(await scene.worker()));
      expect(await scene.wait(5000)).toBe(0);
      expect(await scene.status(runKey)).toBe("completed");
      expect((await scene.ledger.runs.releaseDue(scene.nowMs, 10)).nextTimerAtMs).toBeUndefined();
    },
    "takes expiry and deadline of the definition where a run names none": async (scene, expect) => {
      const key = await scene.task({ expireAfterMs: 1000, deadlineMs: 2000 });
      expect(await scene.get(await scene.run(key, { dueAtMs: scene.nowMs + 500 }))).toMatchObject({
        expireAtMs: scene.nowMs + 1500,
        deadlineAtMs: scene.nowMs + 2500,
      });
      expect(await scene.get(await scene.run(key, { expireAtMs: scene.nowMs + 7 }))).toMatchObject({
        expireAtMs: scene.nowMs + 7,
      });
    },
  },
};
