// Dependencies: fixed when a run is created, released when what it waits for ends (SEM 16).

import type { Topic } from "./topic.ts";

export const depending: Topic = {
  name: "dependencies",
  tests: {
    "a run waits for the newest run of each task it depends on, and is released in the settling transaction":
      async (scene, expect) => {
        const [a, b] = [await scene.task(), await scene.task()];
        const [first, second] = [await scene.run(a), await scene.run(b)];
        const dependent = await scene.run(await scene.task({ dependsOn: [{ taskKey: a }, { taskKey: b }] }));
        expect(await scene.status(dependent)).toBe("blocked");
        const facts = await scene.ledger.runs.facts(dependent);
        expect(facts?.blockedBy).toEqual([
          { taskKey: a, runKey: first, status: "pending" },
          { taskKey: b, runKey: second, status: "pending" },
        ]);
        const [one, two] = await scene.claim(await scene.worker());
        if (one === undefined || two === undefined) return;
        await scene.complete(one);
        expect(await scene.status(dependent)).toBe("blocked");
        await scene.complete(two);
        expect(await scene.status(dependent)).toBe("pending");
        expect(await scene.events(dependent)).toEqual(["run.created", "run.unblocked"]);
      },
    "later runs of the upstream change nothing": async (scene, expect) => {
      const up = await scene.task();
      await scene.run(up);
      const dependent = await scene.run(await scene.task({ dependsOn: [{ taskKey: up }] }));
      await scene.run(up);
      const [first] = await scene.claim(await scene.worker(), { limit: 1 });
      if (first !== undefined) await scene.complete(first);
      expect(await scene.status(dependent)).toBe("pending");
    },
    "starts at once when the newest run has completed already": async (scene, expect) => {
      const up = await scene.task();
      await scene.run(up);
      await scene.complete(await scene.claimOne(await scene.worker()));
      expect(await scene.status(await scene.run(await scene.task({ dependsOn: [{ taskKey: up }] })))).toBe(
        "pending",
      );
    },
    "waits for the first run to come when there is none": async (scene, expect) => {
      const up = await scene.task();
      const dependent = await scene.run(await scene.task({ dependsOn: [{ taskKey: up }] }));
      expect((await scene.ledger.runs.facts(dependent))?.blockedBy).toEqual([{ taskKey: up }]);
      const first = await scene.run(up);
      expect((await scene.ledger.runs.facts(dependent))?.blockedBy).toEqual([
        { taskKey: up, runKey: first, status: "pending" },
      ]);
      await scene.complete(await scene.claimOne(await scene.worker()));
      expect(await scene.status(dependent)).toBe("pending");
    },
    "ignores runs older than `within`": async (scene, expect) => {
      const up = await scene.task();
      await scene.run(up);
      await scene.complete(await scene.claimOne(await scene.worker()));
      scene.later(10_000);
      expect(
        await scene.status(
          await scene.run(await scene.task({ dependsOn: [{ taskKey: up, withinMs: 9999 }] })),
        ),
      ).toBe("blocked");
      expect(
        await scene.status(
          await scene.run(await scene.task({ dependsOn: [{ taskKey: up, withinMs: 10_001 }] })),
        ),
      ).toBe("pending");
    },
    "a failed upstream applies onDependencyFailure: fail, skip or run": async (scene, expect) => {
      const up = await scene.task();
      await scene.run(up);
      const add = async (onDependencyFailure: "fail" | "skip" | "run") =>
        scene.run(await scene.task({ dependsOn: [{ taskKey: up }], onDependencyFailure }));
      const early = [await add("fail"), await add("skip"), await add("run")];
      await scene.fail(await scene.claimOne(await scene.worker()));
      expect(await scene.statuses(early)).toEqual(["failed", "skipped", "pending"]);
      const late = [await add("fail"), await add("skip"), await add("run")];
      expect(await scene.statuses(late)).toEqual(["failed", "skipped", "pending"]);
      for (const runKey of [early[0] ?? 0, late[0] ?? 0])
        expect((await scene.get(runKey)).result?.error).toMatchObject({ code: "DEPENDENCY_FAILED" });
    },
    "failure passes down a chain in one transaction": async (scene, expect) => {
      const a = await scene.task();
      const b = await scene.task({ dependsOn: [{ taskKey: a }] });
      const c = await scene.task({ dependsOn: [{ taskKey: b }] });
      const [, second, third] = [await scene.run(a), await scene.run(b), await scene.run(c)];
      await scene.fail(await scene.claimOne(await scene.worker()));
      expect(await scene.statuses([second, third])).toEqual(["failed", "failed"]);
    },
    "any end but completion is a failure of the dependency: cancelled, expired": async (scene, expect) => {
      const up = await scene.task();
      const runKey = await scene.run(up);
      const dependent = await scene.run(await scene.task({ dependsOn: [{ taskKey: up }] }));
      await scene.cancel(runKey);
      expect(await scene.status(dependent)).toBe("failed");
      const expiring = await scene.run(up, { expireAtMs: scene.nowMs + 10 });
      const other = await scene.run(await scene.task({ dependsOn: [{ taskKey: up }] }));
      expect(await scene.status(other)).toBe("blocked");
      await scene.wait(10);
      expect(await scene.statuses([expiring, other])).toEqual(["timed_out", "failed"]);
    },
    "an upstream cancelled or deleted before it ran fails those who wait for its first run": async (
      scene,
      expect,
    ) => {
      for (const act of ["cancel", "remove"] as const) {
        const up = await scene.task();
        const waiting = await scene.run(await scene.task({ dependsOn: [{ taskKey: up }] }));
        await scene.ledger.tasks[act](up, scene.nowMs);
        expect(await scene.status(waiting)).toBe("failed");
      }
      const cancelled = await scene.task();
      const task = await scene.task({ dependsOn: [{ taskKey: cancelled }] });
      await scene.ledger.tasks.cancel(cancelled, scene.nowMs);
      expect(await scene.status(await scene.run(task))).toBe("failed");
    },
    "a blocked run can be cancelled, paused and unblocked while paused": async (scene, expect) => {
      const up = await scene.task();
      await scene.run(up);
      const task = await scene.task({ dependsOn: [{ taskKey: up }] });
      const [cancelled, paused] = [await scene.run(task), await scene.run(task)];
      expect(await scene.cancel(cancelled)).toBe("cancelled");
      await scene.ledger.runs.pause(paused, { actor: "ann" }, true, scene.nowMs);
      const worker = await scene.worker();
      await scene.complete(await scene.claimOne(worker));
      expect(await scene.status(paused)).toBe("paused");
      await scene.ledger.runs.resume(paused, scene.nowMs);
      expect((await scene.claimOne(worker)).key).toBe(paused);
    },
  },
};
