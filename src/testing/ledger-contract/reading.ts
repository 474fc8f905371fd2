// Reading runs: lists that stay stable, counts that agree, facts for explain.

import type { Run } from "../../domain/run.ts";
import type { RunQuery } from "../../ports/run-ledger.ts";
import type { Scene } from "./scene.ts";
import type { Topic } from "./topic.ts";

async function everyPage(
  scene: Scene,
  query: Omit<RunQuery, "limit">,
  limit: number,
  between: () => Promise<unknown> = async () => {},
): Promise<readonly Run[]> {
  const items: Run[] = [];
  let after: number | undefined;
  do {
    const page = await scene.ledger.runs.list({ ...query, limit, ...(after === undefined ? {} : { after }) });
    items.push(...page.items);
    after = page.next;
    await between();
  } while (after !== undefined);
  return items;
}

export const reading: Topic = {
  name: "reading runs",
  tests: {
    "lists newest first, page by page, stable while runs are added": async (scene, expect) => {
      const key = await scene.task();
      const keys = await scene.runs(key, 25);
      const seen = await everyPage(scene, {}, 10, () => scene.runs(key, 5));
      expect(seen.map((run) => run.key)).toEqual(keys.toReversed());
    },
    "filters by task, status, type, queue, owner, conversation and time": async (scene, expect) => {
      const ann = await scene.task({ userId: "ann", conversationId: "c" });
      const bob = await scene.task({ userId: "bob", type: "other", queue: "mail" });
      const worker = await scene.worker({ queues: ["default", "mail"] });
      const [done = 0, running = 0, pending = 0] = await scene.runs(ann, 3);
      const [first] = await scene.claim(worker, { limit: 2 });
      if (first !== undefined) await scene.fail(first);
      scene.later(1000);
      const delayed = await scene.run(bob, { dueAtMs: scene.nowMs + 5000 });
      const list = async (query: Omit<RunQuery, "limit">) =>
        (await everyPage(scene, query, 2)).map((run) => run.key);
      expect(await list({ taskKey: ann })).toEqual([pending, running, done]);
      expect(await list({ status: ["pending"] })).toEqual([delayed, pending]);
      expect(await list({ status: ["running", "failed"] })).toEqual([running, done]);
      expect(await list({ status: ["failed"], taskKey: ann })).toEqual([done]);
      expect(await list({ status: ["completed"] })).toEqual([]);
      expect(await list({ type: ["other"] })).toEqual([delayed]);
      expect(await list({ queue: "default" })).toEqual([pending, running, done]);
      expect(await list({ userId: "ann" })).toEqual([pending, running, done]);
      expect(await list({ userId: "ann", status: ["running"] })).toEqual([running]);
      expect(await list({ conversationId: "c", status: ["failed", "pending"] })).toEqual([pending, done]);
      expect(await list({ userId: "eve" })).toEqual([]);
      expect(await list({ createdFromMs: scene.nowMs })).toEqual([delayed]);
      expect(await list({ createdUntilMs: scene.nowMs })).toEqual([pending, running, done]);
    },
    "lists an owner's runs of many tasks in one order": async (scene, expect) => {
      const tasks = await Promise.all(Array.from({ length: 5 }, () => scene.task({ userId: "ann" })));
      const other = await scene.task({ userId: "bob" });
      const expected: number[] = [];
      for (let n = 0; n < 40; n++) {
        expected.push(await scene.run(tasks[(n * 3) % 5] ?? 0));
        await scene.run(other);
      }
      expect((await everyPage(scene, { userId: "ann" }, 7)).map((run) => run.key)).toEqual(
        expected.toReversed(),
      );
    },
    "counts every state of all, of a task and of a user": async (scene, expect) => {
      const ann = await scene.task({ userId: "ann" });
      const bob = await scene.task({ userId: "bob" });
      const worker = await scene.worker();
      await scene.runs(ann, 5);
      const [a, b, c] = await scene.claim(worker, { limit: 4 });
      if (a === undefined || b === undefined || c === undefined) return;
      await scene.complete(a);
      await scene.retry(b);
      await scene.settle(c, { kind: "suspend", state: null, signal: "go" });
      await scene.run(bob);
      const some = (counts: object) => ({ byStatus: counts });
      expect(await scene.ledger.runs.counts()).toMatchObject(
        some({ pending: 2, running: 1, retrying: 1, waiting: 1, completed: 1, failed: 0 }),
      );
      expect(await scene.ledger.runs.counts({ taskKey: ann })).toMatchObject(
        some({ pending: 1, running: 1, retrying: 1, waiting: 1, completed: 1 }),
      );
      expect(await scene.ledger.runs.counts({ userId: "bob" })).toMatchObject(
        some({ pending: 1, running: 0, completed: 0 }),
      );
    },
    "tells what is missing from what is not there": async (scene, expect) => {
      expect(await scene.ledger.runs.get(scene.nobody)).toBeUndefined();
      expect(await scene.ledger.runs.facts(scene.nobody)).toBeUndefined();
      expect(await scene.ledger.runs.history(scene.nobody)).toEqual([]);
      expect(await scene.ledger.runs.attempts(scene.nobody)).toEqual([]);
      expect((await scene.ledger.runs.logs(scene.nobody, { limit: 10 })).items).toEqual([]);
    },
    "gives the facts that explain why a run waits": async (scene, expect) => {
      const key = await scene.task();
      const [, , third = 0] = await scene.runs(key, 3);
      await scene.worker({ executors: [scene.executor({ type: "other" })] });
      await scene.worker();
      await scene.ledger.workers.configureQueue("default", { concurrency: 2 }, scene.nowMs);
      await scene.ledger.workers.pauseQueue("default", { actor: "ann", mode: "pause" }, scene.nowMs);
      await scene.ledger.tasks.pause(key, { actor: "ann" }, scene.nowMs);
      expect(await scene.ledger.runs.facts(third)).toMatchObject({
        run: { key: third, status: "pending" },
        taskStatus: "paused",
        queuePaused: true,
        ahead: 2,
        blockedBy: [],
        workers: 2,
        workersWithType: 1,
        queueRunning: 0,
        queueLimit: 2,
      });
    },
  },
};
