// Runs that may have killed their process: one is at work at a time, whichever queues they are in.

import type { Key } from "../../domain/ids.ts";
import type { Scene } from "./scene.ts";
import type { Topic } from "./topic.ts";

const queues = ["default", "mail"];

/** The process dies under all its workers. */
function die({ ledger, nobody, nowMs }: Scene) {
  return ledger.workers.recover({ judgedMs: 0, exceptWorker: nobody }, nowMs);
}

/** A run in each of these queues, in that order, all of which were at work at two deaths. */
async function suspects(scene: Scene, order: readonly string[]): Promise<readonly Key[]> {
  const keys: Key[] = [];
  for (const queue of order) {
    keys.push(await scene.run(await scene.task({ queue })));
    scene.later(1);
  }
  for (let death = 1; death <= 2; death++) {
    const worker = await scene.worker({ queues });
    for (const queue of queues) await scene.claim(worker, { queue });
    await die(scene);
  }
  return keys;
}

/** Queues that are told to have work, emptied when they are looked at. */
function wakes({ ledger }: Scene): () => readonly string[] {
  const told = new Set<string>();
  ledger.onCommit((note) => note.runnableQueues.forEach((queue) => told.add(queue)));
  return () => {
    const names = [...told];
    told.clear();
    return names;
  };
}

export const suspecting: Topic = {
  name: "suspecting",
  tests: {
    "of runs that were at work at two deaths one starts at a time, and the third death condemns it alone":
      async (scene, expect) => {
        const key = await scene.task();
        const [first = 0, poison = 0, third = 0] = await scene.runs(key, 3);
        const die = () =>
          scene.ledger.workers.recover({ judgedMs: 0, exceptWorker: scene.nobody }, scene.nowMs);
        for (let death = 1; death <= 2; death++) {
          expect(await scene.claim(await scene.worker())).toHaveLength(3);
          expect(await die()).toMatchObject({ repeated: 3, failed: 0 });
        }
        const worker = await scene.worker();
        const fresh = await scene.run(key);
        const [innocent, other] = await scene.claim(worker);
        expect([innocent?.key, other?.key]).toEqual([first, fresh]);
        expect(await scene.get(poison)).toMatchObject({ status: "pending", heldBy: "suspect" });
        if (innocent === undefined) return;
        await scene.complete(innocent);
        expect((await scene.claim(worker)).map((run) => run.key)).toEqual([poison]);
        expect(await die()).toEqual({ repeated: 1, failed: 1, cancelled: 0 });
        expect(await scene.statuses([first, poison, third, fresh])).toEqual([
          "completed",
          "failed",
          "pending",
          "pending",
        ]);
        const last = await scene.worker();
        expect((await scene.claim(last)).map((run) => run.key)).toEqual([third, fresh]);
      },
    "the turn of a suspect passes on when it is paused, cancelled, tried again later or given back": async (
      scene,
      expect,
    ) => {
      const key = await scene.task();
      const runs = await scene.runs(key, 5);
      for (let death = 1; death <= 2; death++) {
        await scene.claim(await scene.worker());
        await scene.ledger.workers.recover({ judgedMs: 0, exceptWorker: scene.nobody }, scene.nowMs);
      }
      const worker = await scene.worker();
      const next = async () => (await scene.claim(worker)).map((run) => run.key);
      const pending = async () =>
        (await scene.statuses(runs)).filter((status) => status === "pending").length;
      const [first = 0, second] = runs;
      expect(await next()).toEqual([first]);
      expect(await next()).toEqual([]);
      await scene.ledger.runs.pause(first, { actor: "test" }, true, scene.nowMs);
      await scene.ledger.runs.confirmPause(first, 3, undefined, scene.nowMs);
      const seated = await scene.claimOne(worker);
      expect(seated.key).toBe(second);
      // Its code may not go on beside another suspect: it waits for its turn.
      await scene.ledger.runs.resume(first, scene.nowMs);
      expect(await scene.status(first)).toBe("pending");
      expect(await next()).toEqual([]);
      await scene.retry(seated, 60_000);
      expect(await next()).toHaveLength(1);
      await scene.ledger.workers.leave(worker, scene.nowMs);
      expect(await pending()).toBe(4);
      await scene.ledger.runs.cancel({ taskKey: key }, scene.request({}), scene.nowMs);
      expect(await pending()).toBe(0);
    },
    "the turn of a suspect goes to another queue when the queue of the next one is paused": async (
      scene,
      expect,
    ) => {
      const [first, stuck = 0, other = 0] = await suspects(scene, ["default", "default", "mail"]);
      const worker = await scene.worker({ queues });
      const turn = await scene.claimOne(worker);
      expect(turn.key).toBe(first);
      expect(await scene.claim(worker, { queue: "mail" })).toEqual([]);
      expect(await scene.get(other)).toMatchObject({ status: "pending", heldBy: "suspect" });
      await scene.ledger.workers.pauseQueue("default", { actor: "ann", mode: "pause" }, scene.nowMs);
      const told = wakes(scene);
      await scene.complete(turn);
      expect(told()).toContain("mail");
      expect(await scene.claim(worker)).toEqual([]);
      const passed = await scene.claimOne(worker, { queue: "mail" });
      expect(passed.key).toBe(other);
      // The queue goes on while the turn is taken: its suspect waits for it, and is woken by its end.
      await scene.ledger.workers.resumeQueue("default", scene.nowMs);
      expect(await scene.claim(worker)).toEqual([]);
      expect(await scene.get(stuck)).toMatchObject({ status: "pending", heldBy: "suspect" });
      told();
      await scene.complete(passed);
      expect(told()).toEqual(["default"]);
      expect((await scene.claimOne(worker)).key).toBe(stuck);
    },
    "the turn of a suspect goes to another queue when no worker serves that of the next one, also after a restart":
      async (scene, expect) => {
        const [first, stuck = 0, other = 0] = await suspects(scene, ["default", "default", "mail"]);
        const both = await scene.worker({ queues });
        expect((await scene.claimOne(both)).key).toBe(first);
        expect(await scene.claim(both, { queue: "mail" })).toEqual([]);
        await scene.ledger.workers.leave(both, scene.nowMs);
        const worker = await scene.worker({ queues: ["mail"] });
        expect((await scene.claimOne(worker, { queue: "mail" })).key).toBe(other);
        await die(scene);
        expect(await scene.statuses([stuck, other])).toEqual(["pending", "failed"]);
      },
    "the turn of a suspect goes to another queue when the rate or the limit of the next one's is reached":
      async (scene, expect) => {
        const [first, , other] = await suspects(scene, ["default", "default", "mail", "mail"]);
        const worker = await scene.worker({ queues });
        const turn = await scene.claimOne(worker);
        expect(turn.key).toBe(first);
        expect(await scene.claim(worker, { queue: "mail" })).toEqual([]);
        const rateLimit = { limit: 1, perMs: 60_000 };
        await scene.ledger.workers.configureQueue("default", { rateLimit }, scene.nowMs);
        await scene.run(await scene.task());
        await scene.claimOne(worker);
        await scene.complete(turn);
        expect(await scene.ask(worker)).toMatchObject({ runs: [], retryAtMs: scene.nowMs + 60_000 });
        const passed = await scene.claimOne(worker, { queue: "mail" });
        expect(passed.key).toBe(other);
        await scene.ledger.workers.configureQueue("default", { concurrency: 1 }, scene.nowMs);
        await scene.complete(passed);
        expect(await scene.claim(worker)).toEqual([]);
        expect(await scene.claim(worker, { queue: "mail" })).toHaveLength(1);
      },
    "of queues whose suspects wait for the turn, the one whose first came earliest is told first": async (
      scene,
      expect,
    ) => {
      const [first, early = 0] = await suspects(scene, ["default", "mail", "default"]);
      const worker = await scene.worker({ queues });
      const turn = await scene.claimOne(worker);
      expect(turn.key).toBe(first);
      await scene.claim(worker, { queue: "mail" });
      const told = wakes(scene);
      await scene.complete(turn);
      const order = told();
      expect(order).toEqual(["mail", "default"]);
      expect((await scene.claimOne(worker, { queue: order[0] ?? "" })).key).toBe(early);
    },
    "a suspect that gives up its turn wakes every queue whose suspects wait for it": async (
      scene,
      expect,
    ) => {
      await suspects(scene, [...queues, ...queues, ...queues, "default", "default"]);
      const worker = await scene.worker({ queues });
      const told = wakes(scene);
      const taken = async () => {
        const claims = [];
        for (const queue of queues) claims.push(...(await scene.claim(worker, { queue })));
        expect(claims).toHaveLength(1);
        const [claim] = claims;
        if (claim === undefined) throw new Error("no suspect was claimed");
        told();
        return claim;
      };
      const paused = await taken();
      await scene.ledger.runs.pause(paused.key, { actor: "ann" }, true, scene.nowMs);
      expect(told(), "while its code is still at work").toEqual([]);
      await scene.ledger.runs.confirmPause(paused.key, paused.claim, undefined, scene.nowMs);
      expect([...told()].sort(), "paused").toEqual(queues);
      const retried = await taken();
      await scene.retry(retried, 60_000);
      expect([...told()].sort(), "tried again later").toEqual(queues);
      const cancelled = await taken();
      await scene.cancel(cancelled.key);
      expect(told(), "while its code may still be at work").toEqual([]);
      await scene.settle(cancelled, { kind: "interrupt", reason: "shutdown" });
      expect([...told()].sort(), "cancelled").toEqual(queues);
      expect(await scene.status(cancelled.key)).toBe("cancelled");
      const left = await taken();
      await scene.ledger.workers.leave(worker, scene.nowMs);
      expect([...told()].sort(), "given back").toEqual(queues);
      expect(await scene.status(left.key)).toBe("pending");
    },
    "a suspect that had got its turn and was paused or cancelled before it started leaves it to the next":
      async (scene, expect) => {
        const keys = await suspects(
          scene,
          Array.from({ length: 5 }, () => "default"),
        );
        const [first, second = 0, third = 0, fourth = 0, fifth = 0] = keys;
        const worker = await scene.worker({ queues });
        const turn = await scene.claimOne(worker);
        expect(turn.key).toBe(first);
        await scene.complete(turn);
        const told = wakes(scene);
        await scene.ledger.runs.pause(second, { actor: "ann" }, true, scene.nowMs);
        expect(told()).toEqual(["default"]);
        await scene.cancel(third);
        expect(told()).toEqual(["default"]);
        const next = await scene.claimOne(worker);
        expect(next.key).toBe(fourth);
        await scene.ledger.runs.resume(second, scene.nowMs);
        expect(await scene.claim(worker)).toEqual([]);
        await scene.complete(next);
        expect((await scene.claimOne(worker)).key).toBe(second);
        expect(await scene.status(fifth)).toBe("pending");
      },
    "a suspect whose task is paused leaves its turn to the next of its queue": async (scene, expect) => {
      const [first, held = 0, next] = await suspects(scene, ["default", "default", "default"]);
      const worker = await scene.worker({ queues });
      const turn = await scene.claimOne(worker);
      expect(turn.key).toBe(first);
      const { taskKey } = await scene.get(held);
      await scene.ledger.tasks.pause(taskKey, { actor: "ann" }, scene.nowMs);
      await scene.complete(turn);
      const told = wakes(scene);
      expect(await scene.claim(worker)).toEqual([]);
      expect(await scene.get(held)).toMatchObject({ status: "pending", heldBy: "task-paused" });
      expect(told()).toEqual(["default"]);
      expect((await scene.claimOne(worker)).key).toBe(next);
    },
    "S1.91 says of a suspect that waits which one is at work": async (scene, expect) => {
      const [first = 0, second = 0, third = 0] = await suspects(scene, ["default", "mail", "mail"]);
      const worker = await scene.worker({ queues });
      const turn = await scene.claimOne(worker);
      const atWork = async (key: Key) => (await scene.ledger.runs.facts(key))?.suspectAtWork;
      expect(await atWork(second), "not yet looked at by a claim").toBe(first);
      expect(await scene.claim(worker, { queue: "mail" })).toEqual([]);
      expect([await atWork(first), await atWork(second), await atWork(third)]).toEqual([
        undefined,
        first,
        first,
      ]);
      await scene.complete(turn);
      expect(await atWork(third)).toBeUndefined();
      await scene.claimOne(worker, { queue: "mail" });
      expect(await atWork(third)).toBe(second);
    },
  },
};
