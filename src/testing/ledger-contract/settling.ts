// Settling: fenced by the claim, and what each way of ending makes of the run (SEM 1).

import type { Topic } from "./topic.ts";

export const settling: Topic = {
  name: "settling claims",
  tests: {
    "keeps result, times and worker of a run that ended": async (scene, expect) => {
      const key = await scene.task();
      const runKey = await scene.run(key);
      const run = await scene.claimOne(await scene.worker());
      scene.later(1500);
      expect(
        await scene.settle(run, {
          kind: "end",
          status: "completed",
          result: '{"message":"sent","data":{"n":1},"metadata":{"to":"ann"}}',
        }),
      ).toEqual({ ok: true, status: "completed" });
      const ended = await scene.get(runKey);
      expect(ended).toMatchObject({
        status: "completed",
        startedAtMs: scene.nowMs - 1500,
        finishedAtMs: scene.nowMs,
        version: 3,
      });
      expect(ended.result).toEqual({
        success: true,
        message: "sent",
        data: { n: 1 },
        error: null,
        duration: 1.5,
        metadata: { to: "ann" },
      });
      expect(ended.workerId).toBeDefined();
      expect(await scene.events(runKey)).toEqual(["run.created", "run.started", "run.completed"]);
      const [attempt, ...others] = await scene.ledger.runs.attempts(runKey);
      expect(attempt).toMatchObject({
        claim: 1,
        attempt: 1,
        startedAtMs: scene.nowMs - 1500,
        endedAtMs: scene.nowMs,
        endedBy: "completed",
      });
      expect(others).toEqual([]);
    },
    "keeps a failure with its error": async (scene, expect) => {
      const runKey = await scene.run(await scene.task());
      await scene.fail(await scene.claimOne(await scene.worker()));
      const run = await scene.get(runKey);
      expect(run.result).toMatchObject({
        success: false,
        message: "it broke",
        data: null,
        error: { code: "EXECUTION_FAILED" },
      });
      expect(await scene.events(runKey)).toEqual(["run.created", "run.started", "run.failed"]);
    },
    "settles many at once, each by itself": async (scene, expect) => {
      const key = await scene.task();
      await scene.runs(key, 30);
      const claimed = await scene.claim(await scene.worker());
      const [first] = claimed;
      if (first === undefined) return;
      const plain = claimed.map((run) => ({
        runKey: run.key,
        claim: run.claim,
        version: run.version,
        endedAtMs: scene.nowMs,
        kind: "end" as const,
        status: "completed" as const,
      }));
      const replies = await scene.ledger.runs.settle(
        [
          ...plain,
          {
            ...plain[0],
            runKey: first.key,
            claim: 1,
            version: 2,
            endedAtMs: scene.nowMs,
            kind: "end",
            status: "failed",
          },
        ],
        scene.nowMs,
      );
      expect(replies.filter((reply) => reply.ok)).toHaveLength(30);
      expect(replies.at(-1)).toEqual({ ok: false });
      expect(await scene.status(first.key)).toBe("completed");
    },
    "I3: refuses and notes the result of a stale claim; the run goes on with the present one": async (
      scene,
      expect,
    ) => {
      const runKey = await scene.run(await scene.task());
      const lost = await scene.worker();
      const stale = await scene.claimOne(lost);
      const worker = await scene.worker();
      await scene.ledger.workers.recover({ judgedMs: 0, exceptWorker: worker }, scene.nowMs);
      const fresh = await scene.claimOne(worker);
      expect(fresh).toMatchObject({ claim: 2, attempt: 1, recoveries: 1 });
      expect(await scene.complete(stale)).toEqual({ ok: false });
      expect(
        await scene.ledger.runs.saveStep(runKey, stale.claim, { name: "s", result: 1 }, scene.nowMs),
      ).toBe(false);
      expect(
        await scene.ledger.runs.append(
          [{ runKey, claim: stale.claim, progress: 1, logs: [{ atMs: 1, level: "info", message: "late" }] }],
          scene.nowMs,
        ),
      ).toEqual([false]);
      expect(await scene.ledger.runs.confirmPause(runKey, stale.claim, undefined, scene.nowMs)).toBe(false);
      expect(await scene.events(runKey)).toEqual([
        "run.created",
        "run.started",
        "run.recovered",
        "run.started",
        "run.result-discarded",
      ]);
      expect((await scene.get(runKey)).progress).toBeUndefined();
      expect(await scene.complete(fresh)).toEqual({ ok: true, status: "completed" });
    },
    "I3: an ended run never changes, whatever comes late": async (scene, expect) => {
      const runKey = await scene.run(await scene.task());
      const run = await scene.claimOne(await scene.worker());
      await scene.complete(run, "first");
      const ended = await scene.get(runKey);
      expect(await scene.fail(run)).toEqual({ ok: false });
      expect(await scene.retry(run)).toEqual({ ok: false });
      expect(await scene.ledger.runs.append([{ runKey, claim: 1, progress: 1 }], scene.nowMs)).toEqual([
        false,
      ]);
      expect(await scene.get(runKey)).toEqual(ended);
      const { events } = await scene.ledger.feed.read(0, 100);
      expect(events.filter(({ type }) => type === "run.result-discarded")).toHaveLength(2);
    },
    "a stale result for a waiting, paused or pending run changes nothing but its history": async (
      scene,
      expect,
    ) => {
      const worker = await scene.worker();
      const key = await scene.task();
      const [a = 0, b = 0] = await scene.runs(key, 2);
      const [first, second] = await scene.claim(worker);
      if (first === undefined || second === undefined) return;
      await scene.settle(first, { kind: "suspend", signal: "go", state: 1 });
      await scene.settle(second, { kind: "interrupt", reason: "shutdown" });
      expect(await scene.complete(first)).toEqual({ ok: false });
      expect(await scene.complete(second)).toEqual({ ok: false });
      expect(await scene.statuses([a, b])).toEqual(["waiting", "pending"]);
      expect((await scene.events(a)).at(-1)).toBe("run.result-discarded");
      await scene.ledger.runs.pause(a, { actor: "ann" }, true, scene.nowMs);
      expect(await scene.complete(first)).toEqual({ ok: false });
      expect(await scene.status(a)).toBe("paused");
    },
    "a retry waits its delay, uses an attempt and keeps the error of the one before": async (
      scene,
      expect,
    ) => {
      const runKey = await scene.run(await scene.task());
      const worker = await scene.worker();
      const first = await scene.claimOne(worker);
      expect(await scene.retry(first, 5000)).toEqual({ ok: true, status: "retrying" });
      expect(await scene.get(runKey)).toMatchObject({
        status: "retrying",
        attempt: 1,
        resumeAtMs: scene.nowMs + 5000,
      });
      expect(await scene.wait(4999)).toBe(0);
      expect(await scene.wait(1)).toBe(1);
      const second = await scene.claimOne(worker);
      expect(second).toMatchObject({ claim: 2, attempt: 2, startedAtMs: first.startedAtMs });
      await scene.complete(second);
      expect(await scene.events(runKey)).toEqual([
        "run.created",
        "run.started",
        "run.retrying",
        "run.due",
        "run.started",
        "run.completed",
      ]);
      const attempts = await scene.ledger.runs.attempts(runKey);
      expect(attempts.map(({ claim, attempt, endedBy }) => ({ claim, attempt, endedBy }))).toEqual([
        { claim: 1, attempt: 1, endedBy: "failed" },
        { claim: 2, attempt: 2, endedBy: "completed" },
      ]);
      expect(attempts[0]?.error).toMatchObject({ code: "EXECUTION_FAILED" });
    },
    "a retried run keeps its place in the queue": async (scene, expect) => {
      const key = await scene.task();
      const old = await scene.run(key);
      const worker = await scene.worker();
      await scene.retry(await scene.claimOne(worker), 1000);
      scene.later(500);
      const young = await scene.run(key);
      await scene.wait(500);
      expect((await scene.claim(worker)).map((run) => run.key)).toEqual([old, young]);
    },
    "a snooze and an interruption use no attempt": async (scene, expect) => {
      const runKey = await scene.run(await scene.task());
      const worker = await scene.worker();
      expect(
        await scene.settle(await scene.claimOne(worker), {
          kind: "snooze",
          dueAtMs: scene.nowMs + 1000,
          reason: "not yet",
        }),
      ).toEqual({ ok: true, status: "pending" });
      expect(await scene.claim(worker)).toEqual([]);
      expect(await scene.wait(1000)).toBe(1);
      expect(
        await scene.settle(await scene.claimOne(worker), { kind: "interrupt", reason: "shutdown" }),
      ).toEqual({ ok: true, status: "pending" });
      expect(await scene.claimOne(worker)).toMatchObject({
        claim: 3,
        attempt: 1,
        interruptions: 2,
        recoveries: 0,
      });
      expect(await scene.events(runKey)).toEqual([
        "run.created",
        "run.started",
        "run.snoozed",
        "run.started",
        "run.interrupted",
        "run.started",
      ]);
    },
    "SEM 36: out of attempts, a run may pause for a person, who gives it as many again": async (
      scene,
      expect,
    ) => {
      const runKey = await scene.run(await scene.task());
      const worker = await scene.worker();
      await scene.retry(await scene.claimOne(worker), 0);
      await scene.wait(0);
      await scene.retry(await scene.claimOne(worker), 0);
      await scene.wait(0);
      const error = { code: "EXECUTION_FAILED", message: "it broke", retryable: true };
      expect(await scene.settle(await scene.claimOne(worker), { kind: "pause-exhausted", error })).toEqual({
        ok: true,
        status: "paused",
      });
      expect(await scene.get(runKey)).toMatchObject({ status: "paused", attempt: 3, pausedFrom: "pending" });
      expect(await scene.ledger.runs.resume(runKey, scene.nowMs)).toMatchObject({
        ok: true,
        run: { status: "pending", maxAttempts: 6 },
      });
      expect(await scene.claimOne(worker)).toMatchObject({ attempt: 4, maxAttempts: 6 });
    },
    "keeps steps once, in order, and gives them to later attempts": async (scene, expect) => {
      const runKey = await scene.run(await scene.task());
      const worker = await scene.worker();
      const run = await scene.claimOne(worker);
      for (const step of [
        { name: "b", result: { n: 1 } },
        { name: "a", result: null },
        { name: "b", result: "again" },
      ]) {
        expect(await scene.ledger.runs.saveStep(runKey, run.claim, step, scene.nowMs)).toBe(true);
      }
      await scene.retry(run, 0);
      await scene.wait(0);
      await scene.claimOne(worker);
      expect(await scene.ledger.runs.steps(runKey)).toEqual([
        { name: "b", result: { n: 1 } },
        { name: "a", result: null },
      ]);
    },
    "keeps progress, log and output in order, page by page": async (scene, expect) => {
      const runKey = await scene.run(await scene.task());
      const run = await scene.claimOne(await scene.worker());
      const log = (n: number) => ({ atMs: n, level: "info" as const, message: `m${n}`, fields: { n } });
      const append = (more: object) =>
        scene.ledger.runs.append([{ runKey, claim: run.claim, ...more }], scene.nowMs);
      expect(await append({ progress: { done: 1 }, logs: [log(1), log(2)], output: ["x"] })).toEqual([true]);
      expect(await append({ progress: { done: 2 }, logs: [log(3)], output: [{ y: 1 }] })).toEqual([true]);
      expect((await scene.get(runKey)).progress).toEqual({ done: 2 });
      const first = await scene.ledger.runs.logs(runKey, { limit: 2 });
      expect(first.items.map(({ message, claim, index }) => [message, claim, index])).toEqual([
        ["m1", 1, 1],
        ["m2", 1, 2],
      ]);
      const second = await scene.ledger.runs.logs(runKey, { limit: 2, after: first.next ?? 0 });
      expect(second.items).toEqual([
        { index: 3, claim: 1, atMs: 3, level: "info", message: "m3", fields: { n: 3 } },
      ]);
      expect(second.next).toBeUndefined();
      expect((await scene.ledger.runs.output(runKey, { limit: 10 })).items).toEqual([
        { index: 1, chunk: "x" },
        { index: 2, chunk: { y: 1 } },
      ]);
    },
    "SEM 36: cuts a log at its limit with a mark, and the run goes on": async (scene, expect) => {
      const runKey = await scene.run(await scene.task());
      const run = await scene.claimOne(await scene.worker());
      const message = "x".repeat(1_000_000);
      for (let n = 0; n < 13; n++) {
        expect(
          await scene.ledger.runs.append(
            [{ runKey, claim: run.claim, logs: [{ atMs: n, level: "info", message }], output: [message] }],
            scene.nowMs,
          ),
        ).toEqual([true]);
      }
      const { items } = await scene.ledger.runs.logs(runKey, { limit: 100 });
      expect(items).toHaveLength(11);
      expect(items.at(-1)).toMatchObject({ level: "warn", message: "log cut at 10485760 bytes" });
      expect((await scene.ledger.runs.output(runKey, { limit: 100 })).items).toHaveLength(11);
      expect(await scene.complete(run)).toMatchObject({ ok: true });
    },
  },
};
