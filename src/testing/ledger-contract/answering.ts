// Waiting runs: suspended with their state, woken by time, answer or signal (SEM 8).

import type { Topic } from "./topic.ts";

export const answering: Topic = {
  name: "waiting runs",
  tests: {
    "a suspended run holds no slot and uses no attempt; time wakes it with its state": async (
      scene,
      expect,
    ) => {
      const key = await scene.task({ concurrency: { limit: 1 } });
      const [first = 0, second] = await scene.runs(key, 2);
      const worker = await scene.worker();
      const dueAtMs = scene.nowMs + 1000;
      expect(
        await scene.settle(await scene.claimOne(worker), { kind: "suspend", dueAtMs, state: { at: 3 } }),
      ).toEqual({ ok: true, status: "waiting" });
      expect(await scene.get(first)).toMatchObject({ status: "waiting", resumeAtMs: dueAtMs });
      const other = await scene.claimOne(worker);
      expect(other.key).toBe(second);
      await scene.complete(other);
      await scene.wait(1000);
      const run = await scene.claimOne(worker);
      expect(run).toMatchObject({ key: first, claim: 2, attempt: 1 });
      expect(JSON.parse(run.resumed ?? "null")).toEqual({ state: { at: 3 } });
      expect(await scene.events(first)).toEqual([
        "run.created",
        "run.started",
        "run.suspended",
        "run.due",
        "run.started",
      ]);
    },
    "an answer wakes it, and later attempts get it again": async (scene, expect) => {
      const runKey = await scene.run(await scene.task());
      const worker = await scene.worker();
      const question = { prompt: "ship it?", options: ["yes", "no"] };
      await scene.settle(await scene.claimOne(worker), { kind: "suspend", state: 1, question });
      expect(await scene.get(runKey)).toMatchObject({ status: "waiting", question });
      expect(
        await scene.ledger.runs.answer(runKey, { signal: "other", payload: null }, scene.nowMs),
      ).toMatchObject({ ok: true, changed: false });
      expect(await scene.ledger.runs.answer(runKey, { answer: "yes" }, scene.nowMs)).toMatchObject({
        ok: true,
        changed: true,
        run: { status: "pending" },
      });
      expect(await scene.ledger.runs.answer(runKey, { answer: "no" }, scene.nowMs)).toMatchObject({
        ok: false,
        error: "ILLEGAL_TRANSITION",
      });
      const run = await scene.claimOne(worker);
      expect(JSON.parse(run.resumed ?? "null")).toEqual({ state: 1, answer: "yes" });
      await scene.retry(run, 0);
      await scene.wait(0);
      expect(JSON.parse((await scene.claimOne(worker)).resumed ?? "null")).toEqual({
        state: 1,
        answer: "yes",
      });
    },
    "a signal wakes only who waits for that name": async (scene, expect) => {
      const runKey = await scene.run(await scene.task());
      const worker = await scene.worker();
      await scene.settle(await scene.claimOne(worker), { kind: "suspend", state: null, signal: "paid" });
      await scene.ledger.runs.answer(runKey, { signal: "shipped", payload: 1 }, scene.nowMs);
      expect(await scene.status(runKey)).toBe("waiting");
      await scene.ledger.runs.answer(runKey, { signal: "paid", payload: { sum: 5 } }, scene.nowMs);
      expect(JSON.parse((await scene.claimOne(worker)).resumed ?? "null")).toEqual({
        state: null,
        signal: { name: "paid", payload: { sum: 5 } },
      });
    },
    "a signal that comes before the run waits for it is kept": async (scene, expect) => {
      const runKey = await scene.run(await scene.task());
      const worker = await scene.worker();
      expect(
        await scene.ledger.runs.answer(runKey, { signal: "paid", payload: 1 }, scene.nowMs),
      ).toMatchObject({ ok: true, changed: false });
      const run = await scene.claimOne(worker);
      await scene.ledger.runs.answer(runKey, { signal: "paid", payload: 2 }, scene.nowMs);
      expect(await scene.settle(run, { kind: "suspend", state: "s", signal: "paid" })).toEqual({
        ok: true,
        status: "pending",
      });
      const again = await scene.claimOne(worker);
      expect(JSON.parse(again.resumed ?? "null")).toEqual({
        state: "s",
        signal: { name: "paid", payload: 1 },
      });
      await scene.settle(again, { kind: "suspend", state: "t", signal: "paid" });
      expect(JSON.parse((await scene.claimOne(worker)).resumed ?? "null")).toMatchObject({
        signal: { payload: 2 },
      });
    },
    "when nobody answers in time the default is taken, or the run ends timed_out": async (scene, expect) => {
      const key = await scene.task();
      const [a = 0, b = 0] = await scene.runs(key, 2);
      const worker = await scene.worker();
      const [first, second] = await scene.claim(worker);
      if (first === undefined || second === undefined) return;
      const answerByMs = scene.nowMs + 1000;
      await scene.settle(first, {
        kind: "suspend",
        state: null,
        answerByMs,
        question: { prompt: "?", defaultAnswer: "no" },
      });
      await scene.settle(second, { kind: "suspend", state: null, answerByMs, question: { prompt: "?" } });
      expect(await scene.wait(1000)).toBe(2);
      expect(await scene.statuses([a, b])).toEqual(["pending", "timed_out"]);
      expect(JSON.parse((await scene.claimOne(worker)).resumed ?? "null")).toEqual({
        state: null,
        answer: "no",
      });
      expect((await scene.get(b)).result?.error).toMatchObject({ code: "TIMEOUT" });
    },
    "a run answered in time is not timed out afterwards": async (scene, expect) => {
      const runKey = await scene.run(await scene.task());
      const worker = await scene.worker();
      await scene.settle(await scene.claimOne(worker), {
        kind: "suspend",
        state: null,
        answerByMs: scene.nowMs + 1000,
        question: { prompt: "?" },
      });
      await scene.ledger.runs.answer(runKey, { answer: 1 }, scene.nowMs);
      expect(await scene.wait(2000)).toBe(0);
      expect(await scene.status(runKey)).toBe("pending");
    },
    "an answer to a paused run is kept for when it is resumed": async (scene, expect) => {
      const runKey = await scene.run(await scene.task());
      const worker = await scene.worker();
      await scene.settle(await scene.claimOne(worker), {
        kind: "suspend",
        state: null,
        question: { prompt: "?" },
      });
      await scene.ledger.runs.pause(runKey, { actor: "ann" }, true, scene.nowMs);
      expect(await scene.ledger.runs.answer(runKey, { answer: 1 }, scene.nowMs)).toMatchObject({
        ok: true,
        run: { status: "paused" },
      });
      await scene.ledger.runs.resume(runKey, scene.nowMs);
      expect(JSON.parse((await scene.claimOne(worker)).resumed ?? "null")).toEqual({
        state: null,
        answer: 1,
      });
    },
    "answers to what does not wait are refused": async (scene, expect) => {
      const runKey = await scene.run(await scene.task());
      expect(await scene.ledger.runs.answer(runKey, { answer: 1 }, scene.nowMs)).toEqual({
        ok: false,
        error: "ILLEGAL_TRANSITION",
        status: "pending",
      });
      expect(await scene.ledger.runs.answer(scene.nobody, { answer: 1 }, scene.nowMs)).toEqual({
        ok: false,
        error: "NOT_FOUND",
      });
      await scene.cancel(runKey);
      expect(await scene.ledger.runs.answer(runKey, { signal: "x", payload: 1 }, scene.nowMs)).toEqual({
        ok: false,
        error: "ILLEGAL_TRANSITION",
        status: "cancelled",
      });
    },
  },
};
