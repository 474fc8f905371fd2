// Cancelling, in every state (SEM 9).

import type { Topic } from "./topic.ts";

export const cancelling: Topic = {
  name: "cancelling runs",
  tests: {
    "what holds nothing is cancelled at once: pending, delayed, retrying, waiting, paused, parked": async (
      scene,
      expect,
    ) => {
      const worker = await scene.worker();
      const key = await scene.task();
      const [retrying = 0, waiting = 0, paused = 0] = await scene.runs(key, 3);
      const [a, b] = await scene.claim(worker);
      if (a === undefined || b === undefined) return;
      await scene.retry(a);
      await scene.settle(b, { kind: "suspend", signal: "go", state: null });
      await scene.settle(
        (await scene.ledger.runs.get(paused)) === undefined ? a : { key: paused, claim: 1, version: 2 },
        { kind: "interrupt", reason: "shutdown" },
      );
      await scene.ledger.runs.pause(paused, { actor: "ann" }, true, scene.nowMs);
      const pending = await scene.run(key);
      const delayed = await scene.run(key, { dueAtMs: scene.nowMs + 1000 });
      const line = await scene.task({ overlap: { policy: "queue-all", max: 1 } });
      const parked = (await scene.run(line), await scene.run(line));
      for (const runKey of [pending, delayed, retrying, waiting, paused, parked]) {
        const [reply] = await scene.ledger.runs.cancel(
          { runKeys: [runKey] },
          scene.request({ reason: "no need" }),
          scene.nowMs,
        );
        expect(reply).toMatchObject({
          ok: true,
          changed: true,
          run: { status: "cancelled", cancel: { cause: "user", actor: "ann", reason: "no need" } },
        });
        expect((await scene.events(runKey)).slice(-2)).toEqual(["run.cancel-requested", "run.cancelled"]);
      }
      expect((await scene.get(pending)).result?.error).toMatchObject({ code: "CANCELLED" });
      await scene.wait(10_000);
      expect(await scene.statuses([delayed, retrying])).toEqual(["cancelled", "cancelled"]);
    },
    "a running run is asked to stop, begins nothing more, and ends cancelled however its claim ends": async (
      scene,
      expect,
    ) => {
      const worker = await scene.worker();
      const key = await scene.task();
      const error = { code: "EXECUTION_FAILED", message: "it broke", retryable: true };
      const endings = [
        { kind: "end", status: "cancelled" },
        { kind: "end", status: "failed" },
        { kind: "end", status: "timed_out" },
        { kind: "retry", dueAtMs: scene.nowMs, error },
        { kind: "snooze", dueAtMs: scene.nowMs },
        { kind: "suspend", state: null, signal: "go" },
        { kind: "interrupt", reason: "shutdown" },
        { kind: "pause-exhausted", error },
      ] as const;
      for (const ending of endings) {
        const runKey = await scene.run(key);
        const run = await scene.claimOne(worker);
        expect(await scene.cancel(runKey)).toBe("cancelling");
        expect(await scene.settle(run, ending)).toEqual({ ok: true, status: "cancelled" });
        expect(await scene.get(runKey)).toMatchObject({ status: "cancelled", cancel: { cause: "user" } });
        expect(await scene.claim(worker)).toEqual([]);
      }
    },
    "a success that comes after the request is recorded as completed; the request stays visible": async (
      scene,
      expect,
    ) => {
      const runKey = await scene.run(await scene.task());
      const run = await scene.claimOne(await scene.worker());
      await scene.cancel(runKey);
      expect(await scene.complete(run, 7)).toEqual({ ok: true, status: "completed" });
      expect(await scene.get(runKey)).toMatchObject({
        status: "completed",
        cancel: { actor: "ann" },
        result: { data: 7 },
      });
    },
    "code that could not be stopped is recorded as state-only": async (scene, expect) => {
      const runKey = await scene.run(await scene.task());
      const run = await scene.claimOne(await scene.worker());
      await scene.cancel(runKey);
      await scene.settle(run, { kind: "end", status: "cancelled", stateOnly: true });
      expect((await scene.get(runKey)).cancel).toMatchObject({ stateOnly: true });
    },
    "a second request changes something only when it leaves less grace": async (scene, expect) => {
      const runKey = await scene.run(await scene.task());
      await scene.claimOne(await scene.worker());
      await scene.cancel(runKey);
      const again = (graceMs: number) =>
        scene.ledger.runs.cancel({ runKeys: [runKey] }, scene.request({ graceMs }), scene.nowMs);
      expect(await again(30_000)).toMatchObject([{ ok: true, changed: false }]);
      expect(await again(0)).toMatchObject([{ ok: true, changed: true, run: { cancel: { graceMs: 0 } } }]);
    },
    "what has ended is refused, but cancelling twice is no mistake": async (scene, expect) => {
      const key = await scene.task();
      const [done = 0, gone = 0] = await scene.runs(key, 2);
      await scene.complete(await scene.claimOne(await scene.worker(), { limit: 1 }));
      await scene.cancel(gone);
      const replies = await scene.ledger.runs.cancel(
        { runKeys: [done, gone, scene.nobody] },
        scene.request(),
        scene.nowMs,
      );
      expect(replies).toMatchObject([
        { ok: false, error: "ILLEGAL_TRANSITION", status: "completed" },
        { ok: true, changed: false },
        { ok: false, error: "NOT_FOUND" },
      ]);
    },
    "cancels all live runs of a task, and only those": async (scene, expect) => {
      const worker = await scene.worker();
      for (const over of [{}, { concurrency: { limit: 1 } }]) {
        const key = await scene.task(over);
        const other = await scene.run(await scene.task());
        const keys = await scene.runs(key, 4);
        const [run] = await scene.claim(worker, { runKeys: [keys[0] ?? 0] });
        if (run === undefined) return;
        await scene.complete(run);
        await scene.claim(worker, { runKeys: [keys[1] ?? 0] });
        const replies = await scene.ledger.runs.cancel({ taskKey: key }, scene.request(), scene.nowMs);
        expect(replies.map((reply) => reply.ok && reply.run.status)).toEqual([
          "cancelling",
          "cancelled",
          "cancelled",
        ]);
        expect(await scene.status(other)).toBe("pending");
        await scene.cancel(other);
      }
    },
    "tells the worker with the commit and again with each beat": async (scene, expect) => {
      const runKey = await scene.run(await scene.task());
      const workerKey = await scene.worker();
      const run = await scene.claimOne(workerKey);
      const told: number[] = [];
      scene.ledger.onCommit((note) => told.push(...note.cancelRequested));
      await scene.cancel(runKey);
      expect(told).toEqual([runKey]);
      for (let n = 0; n < 2; n++) {
        scene.later(1000);
        const beat = await scene.ledger.workers.beat(
          { workerKey, running: [{ runKey, claim: run.claim }] },
          scene.nowMs,
        );
        expect(beat.cancel).toMatchObject([{ runKey, claim: 1, request: { actor: "ann" } }]);
      }
    },
  },
};
