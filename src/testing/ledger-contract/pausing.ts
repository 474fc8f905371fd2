// Pausing runs: relative clocks stop, instants do not move, slots are free (SEM 12).

import type { Topic } from "./topic.ts";

const ann = { actor: "ann" };

export const pausing: Topic = {
  name: "pausing runs",
  tests: {
    "a pending run is held at once and goes back to its place": async (scene, expect) => {
      const key = await scene.task();
      const [first = 0, second] = await scene.runs(key, 2);
      const worker = await scene.worker();
      const paused = await scene.ledger.runs.pause(first, { ...ann, reason: "wait" }, true, scene.nowMs);
      expect(paused).toMatchObject({
        ok: true,
        changed: true,
        run: { status: "paused", pausedFrom: "pending", pausedBy: { actor: "ann", reason: "wait" } },
      });
      expect((await scene.claimOne(worker, { limit: 1 })).key).toBe(second);
      expect(await scene.claim(worker)).toEqual([]);
      expect(await scene.ledger.runs.resume(first, scene.nowMs)).toMatchObject({
        ok: true,
        changed: true,
        run: { status: "pending" },
      });
      expect((await scene.claimOne(worker)).key).toBe(first);
      expect(await scene.events(first)).toEqual(["run.created", "run.paused", "run.resumed", "run.started"]);
    },
    "pausing twice changes nothing; ended and cancelling runs refuse; so does resuming what is not paused":
      async (scene, expect) => {
        const key = await scene.task();
        const runKey = await scene.run(key);
        await scene.ledger.runs.pause(runKey, ann, true, scene.nowMs);
        expect(await scene.ledger.runs.pause(runKey, ann, true, scene.nowMs)).toMatchObject({
          ok: true,
          changed: false,
        });
        await scene.cancel(runKey);
        expect(await scene.ledger.runs.pause(runKey, ann, true, scene.nowMs)).toEqual({
          ok: false,
          error: "ILLEGAL_TRANSITION",
          status: "cancelled",
        });
        expect(await scene.ledger.runs.resume(runKey, scene.nowMs)).toEqual({
          ok: false,
          error: "ILLEGAL_TRANSITION",
          status: "cancelled",
        });
        const stopping = await scene.run(key);
        await scene.claimOne(await scene.worker());
        await scene.cancel(stopping);
        expect(await scene.ledger.runs.pause(stopping, ann, true, scene.nowMs)).toEqual({
          ok: false,
          error: "ILLEGAL_TRANSITION",
          status: "cancelling",
        });
        expect(await scene.ledger.runs.pause(scene.nobody, ann, true, scene.nowMs)).toEqual({
          ok: false,
          error: "NOT_FOUND",
        });
      },
    "a running run pauses when its worker says that it stands still, and goes on in place": async (
      scene,
      expect,
    ) => {
      const runKey = await scene.run(await scene.task());
      const workerKey = await scene.worker();
      const run = await scene.claimOne(workerKey);
      const told: string[] = [];
      scene.ledger.onCommit((note) =>
        told.push(...note.pauseRequested.map(() => "pause"), ...note.resumeRequested.map(() => "resume")),
      );
      expect(await scene.ledger.runs.pause(runKey, ann, true, scene.nowMs)).toMatchObject({
        ok: true,
        changed: true,
        run: { status: "running" },
      });
      const beat = () =>
        scene.ledger.workers.beat({ workerKey, running: [{ runKey, claim: 1 }] }, scene.nowMs);
      expect(await beat()).toMatchObject({ pause: [runKey], resume: [] });
      expect(await scene.ledger.runs.confirmPause(runKey, 1, 4000, scene.nowMs)).toBe(true);
      expect(await scene.get(runKey)).toMatchObject({
        status: "paused",
        pausedFrom: "running",
        pausedBy: ann,
      });
      expect(await scene.ledger.runs.confirmPause(runKey, 1, 4000, scene.nowMs)).toBe(true);
      expect(await beat()).toMatchObject({ pause: [], resume: [], lost: [] });
      await scene.ledger.runs.resume(runKey, scene.nowMs);
      expect(await scene.get(runKey)).toMatchObject({ status: "running", claim: 1 });
      expect(await beat()).toMatchObject({ pause: [], resume: [runKey] });
      expect(told).toEqual(["pause", "resume"]);
      expect(await scene.complete(run)).toEqual({ ok: true, status: "completed" });
      expect(await scene.events(runKey)).toEqual([
        "run.created",
        "run.started",
        "run.paused",
        "run.resumed",
        "run.completed",
      ]);
    },
    "what cannot pause says so": async (scene, expect) => {
      const runKey = await scene.run(await scene.task());
      await scene.claimOne(await scene.worker());
      expect(await scene.ledger.runs.pause(runKey, ann, false, scene.nowMs)).toEqual({
        ok: false,
        error: "NOT_PAUSABLE",
        status: "running",
      });
    },
    "a wish taken back before the worker confirmed leaves the run running": async (scene, expect) => {
      const runKey = await scene.run(await scene.task());
      const run = await scene.claimOne(await scene.worker());
      await scene.ledger.runs.pause(runKey, ann, true, scene.nowMs);
      await scene.ledger.runs.resume(runKey, scene.nowMs);
      expect(await scene.ledger.runs.confirmPause(runKey, 1, undefined, scene.nowMs)).toBe(true);
      expect(await scene.status(runKey)).toBe("running");
      expect(await scene.complete(run)).toMatchObject({ ok: true });
    },
    "a paused run holds no slot, and takes no other's when it goes on": async (scene, expect) => {
      const key = await scene.task({ concurrency: { limit: 1 } });
      const [first = 0, second] = await scene.runs(key, 2);
      const worker = await scene.worker();
      await scene.claimOne(worker);
      await scene.ledger.runs.pause(first, ann, true, scene.nowMs);
      await scene.ledger.runs.confirmPause(first, 1, undefined, scene.nowMs);
      const other = await scene.claimOne(worker);
      expect(other.key).toBe(second);
      // No slot is free: its claim is given up, and it goes on after its last step when its turn comes.
      await scene.ledger.runs.resume(first, scene.nowMs);
      expect(await scene.get(first)).toMatchObject({ status: "pending", attempt: 1 });
      expect(await scene.claim(worker)).toEqual([]);
      await scene.complete(other);
      expect(await scene.claimOne(worker)).toMatchObject({ key: first, claim: 2, attempt: 1 });
    },
    "a retry delay stands still while paused": async (scene, expect) => {
      const runKey = await scene.run(await scene.task());
      const worker = await scene.worker();
      await scene.retry(await scene.claimOne(worker), 5000);
      scene.later(2000);
      await scene.ledger.runs.pause(runKey, ann, true, scene.nowMs);
      expect(await scene.wait(60_000)).toBe(0);
      await scene.ledger.runs.resume(runKey, scene.nowMs);
      expect(await scene.get(runKey)).toMatchObject({ status: "retrying", resumeAtMs: scene.nowMs + 3000 });
      await scene.wait(3000);
      expect((await scene.claimOne(worker)).key).toBe(runKey);
    },
    "a wait by duration and the time for an answer stand still; a wait until an instant does not": async (
      scene,
      expect,
    ) => {
      const key = await scene.task();
      const [byDuration = 0, byInstant = 0, asked = 0] = await scene.runs(key, 3);
      const [a, b, c] = await scene.claim(await scene.worker());
      if (a === undefined || b === undefined || c === undefined) return;
      const dueAtMs = scene.nowMs + 5000;
      await scene.settle(a, { kind: "suspend", dueAtMs, state: null });
      await scene.settle(b, { kind: "suspend", dueAtMs, dueIsInstant: true, state: null });
      await scene.settle(c, {
        kind: "suspend",
        answerByMs: dueAtMs,
        state: null,
        question: { prompt: "go on?" },
      });
      scene.later(1000);
      for (const runKey of [byDuration, byInstant, asked])
        await scene.ledger.runs.pause(runKey, ann, true, scene.nowMs);
      await scene.wait(10_000);
      expect(await scene.statuses([byDuration, byInstant, asked])).toEqual(["paused", "paused", "paused"]);
      for (const runKey of [byDuration, byInstant, asked])
        await scene.ledger.runs.resume(runKey, scene.nowMs);
      expect(await scene.statuses([byDuration, byInstant, asked])).toEqual(["waiting", "pending", "waiting"]);
      await scene.wait(3999);
      expect(await scene.statuses([byDuration, asked])).toEqual(["waiting", "waiting"]);
      await scene.wait(1);
      expect(await scene.statuses([byDuration, asked])).toEqual(["pending", "timed_out"]);
    },
    "expiry stands still; a deadline passes and ends a paused run": async (scene, expect) => {
      const key = await scene.task();
      const expiring = await scene.run(key, { expireAtMs: scene.nowMs + 5000 });
      const bounded = await scene.run(key, { deadlineAtMs: scene.nowMs + 5000 });
      scene.later(1000);
      for (const runKey of [expiring, bounded]) await scene.ledger.runs.pause(runKey, ann, true, scene.nowMs);
      await scene.wait(10_000);
      expect(await scene.statuses([expiring, bounded])).toEqual(["paused", "timed_out"]);
      await scene.ledger.runs.resume(expiring, scene.nowMs);
      expect((await scene.get(expiring)).expireAtMs).toBe(scene.nowMs + 4000);
      await scene.wait(3999);
      expect(await scene.status(expiring)).toBe("pending");
      await scene.wait(1);
      expect(await scene.status(expiring)).toBe("timed_out");
    },
    "resumes by itself at resumeAt, held or in a worker's hands": async (scene, expect) => {
      const key = await scene.task();
      const [running = 0] = await scene.runs(key, 1);
      await scene.claimOne(await scene.worker());
      const pending = await scene.run(key);
      const by = { ...ann, resumeAtMs: scene.nowMs + 1000 };
      await scene.ledger.runs.pause(pending, by, true, scene.nowMs);
      await scene.ledger.runs.pause(running, by, true, scene.nowMs);
      await scene.ledger.runs.confirmPause(running, 1, undefined, scene.nowMs);
      expect(await scene.wait(999)).toBe(0);
      expect(await scene.wait(1)).toBe(2);
      expect(await scene.statuses([pending, running])).toEqual(["pending", "running"]);
    },
    "pausing again keeps what it does not name and replaces what it names, held or in a worker's hands":
      async (scene, expect) => {
        const key = await scene.task();
        const [held = 0, worked = 0] = await scene.runs(key, 2);
        const at = scene.nowMs;
        await scene.ledger.runs.pause(held, { ...ann, reason: "wait", resumeAtMs: at + 1000 }, true, at);
        await scene.claimOne(await scene.worker());
        await scene.ledger.runs.pause(worked, { ...ann, reason: "wait" }, true, at);
        await scene.ledger.runs.pause(worked, { actor: "bob", resumeAtMs: at + 1000 }, true, at);
        await scene.ledger.runs.confirmPause(worked, 1, undefined, at);
        for (const run of [held, worked]) {
          expect(await scene.ledger.runs.pause(run, { actor: "cid" }, true, at)).toMatchObject({
            changed: false,
          });
          expect((await scene.get(run)).pausedBy).toMatchObject({ reason: "wait", resumeAtMs: at + 1000 });
          const later = { actor: "cid", resumeAtMs: at + 5000 };
          expect(await scene.ledger.runs.pause(run, later, true, at)).toMatchObject({
            changed: true,
            run: { status: "paused", pausedBy: { ...later, reason: "wait" } },
          });
        }
        await scene.wait(2000);
        expect(await scene.statuses([held, worked])).toEqual(["paused", "paused"]);
        await scene.wait(3000);
        expect(await scene.statuses([held, worked])).toEqual(["pending", "running"]);
      },
    "a lost worker never un-pauses; resume makes the run pending": async (scene, expect) => {
      const runKey = await scene.run(await scene.task());
      await scene.claimOne(await scene.worker());
      await scene.ledger.runs.pause(runKey, ann, true, scene.nowMs);
      await scene.ledger.runs.confirmPause(runKey, 1, 100, scene.nowMs);
      const worker = await scene.worker();
      await scene.ledger.workers.recover({ judgedMs: 0, exceptWorker: worker }, scene.nowMs);
      expect(await scene.get(runKey)).toMatchObject({ status: "paused", pausedBy: ann, recoveries: 1 });
      expect(await scene.claim(worker)).toEqual([]);
      await scene.ledger.runs.resume(runKey, scene.nowMs);
      expect(await scene.claimOne(worker)).toMatchObject({ key: runKey, claim: 2, attempt: 1 });
    },
    "cancel acts on a paused run at once; its claim is over": async (scene, expect) => {
      const runKey = await scene.run(await scene.task());
      const workerKey = await scene.worker();
      const run = await scene.claimOne(workerKey);
      await scene.ledger.runs.pause(runKey, ann, true, scene.nowMs);
      await scene.ledger.runs.confirmPause(runKey, 1, 100, scene.nowMs);
      expect(await scene.cancel(runKey)).toBe("cancelled");
      expect(
        (await scene.ledger.workers.beat({ workerKey, running: [{ runKey, claim: 1 }] }, scene.nowMs)).lost,
      ).toEqual([runKey]);
      expect(await scene.complete(run)).toEqual({ ok: false });
    },
    "a run that stands in a line comes back into it": async (scene, expect) => {
      const key = await scene.task({ overlap: { policy: "queue-all", max: 1 } });
      const [first, second, third] = [await scene.run(key), await scene.run(key), await scene.run(key)];
      const worker = await scene.worker();
      await scene.ledger.runs.pause(second, ann, true, scene.nowMs);
      await scene.ledger.runs.resume(second, scene.nowMs);
      expect(await scene.get(second)).toMatchObject({ status: "pending", heldBy: "overlap" });
      const order: number[] = [];
      for (let n = 0; n < 3; n++) {
        const run = await scene.claimOne(worker);
        order.push(run.key);
        await scene.complete(run);
      }
      expect(order).toEqual([first, second, third]);
    },
  },
};
