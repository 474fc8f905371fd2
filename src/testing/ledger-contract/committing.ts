// Commits: shared by many verbs, undone by none of them; reads see what was asked before.

import type { Topic } from "./topic.ts";

export const committing: Topic = {
  name: "commits",
  tests: {
    "reads see every write asked before them, in one turn": async (scene, expect) => {
      const key = await scene.task();
      const adding = scene.run(key);
      const counting = scene.ledger.runs.counts();
      const listing = scene.ledger.runs.list({ limit: 10 });
      expect((await counting).byStatus.pending).toBe(1);
      expect((await listing).items.map((run) => run.key)).toEqual([await adding]);
    },
    "answers in the order of asking": async (scene, expect) => {
      const key = await scene.task();
      const order: number[] = [];
      await Promise.all(
        Array.from({ length: 10 }, async (_, n) => {
          if (n % 2 === 0) await scene.run(key);
          else await scene.ledger.runs.counts();
          order.push(n);
        }),
      );
      expect(order.filter((n) => n % 2 === 1)).toEqual([1, 3, 5, 7, 9]);
    },
    "a verb that breaks is refused by itself; those of its turn are stored": async (scene, expect) => {
      const key = await scene.task();
      const worker = await scene.worker();
      // Text where a number belongs is beyond the types: the only way to make a verb throw from outside.
      const broken: unknown = "not a number";
      const nowMs = broken as number; // the lie this test is about
      const results = await Promise.allSettled([
        scene.run(key),
        scene.ledger.workers.takeRole("cleaner", nowMs, scene.nowMs),
        scene.run(key),
        scene.ledger.workers.takeRole("cleaner", worker, scene.nowMs),
      ]);
      expect(results.map(({ status }) => status)).toEqual([
        "fulfilled",
        "rejected",
        "fulfilled",
        "fulfilled",
      ]);
      expect((await scene.ledger.runs.counts()).byStatus.pending).toBe(2);
      expect(await scene.claim(worker)).toHaveLength(2);
    },
    "after a verb that broke, nothing half done is left": async (scene, expect) => {
      const key = await scene.task({ concurrency: { limit: 1 } });
      const worker = await scene.worker();
      const [first = 0] = await scene.runs(key, 3);
      const run = await scene.claimOne(worker);
      const broken: unknown = { kind: "end", status: "no such status" };
      const settlement = {
        runKey: first,
        claim: run.claim,
        version: run.version,
        endedAtMs: scene.nowMs,
        ...(broken as { kind: "end"; status: "failed" }), // the lie this test is about
      };
      const result = await Promise.allSettled([scene.ledger.runs.settle([settlement], scene.nowMs)]);
      expect(result[0]?.status).toBe("rejected");
      expect(await scene.status(first)).toBe("running");
      expect(await scene.complete(run)).toMatchObject({ ok: true });
      expect(await scene.claim(worker)).toHaveLength(1);
    },
    "tells of a commit after it, once": async (scene, expect) => {
      const key = await scene.task();
      let notes = 0;
      scene.ledger.onCommit(() => (notes += 1));
      await Promise.all([scene.run(key), scene.run(key), scene.run(key)]);
      expect(notes).toBe(1);
      await scene.ledger.runs.counts();
      expect(notes, "a read commits nothing").toBe(1);
    },
    "a listener that breaks harms nobody": async (scene, expect) => {
      const key = await scene.task();
      let heard = 0;
      scene.ledger.onCommit(() => {
        throw new Error("a listener broke");
      });
      scene.ledger.onCommit(() => (heard += 1));
      expect(await scene.run(key)).toBeGreaterThan(0);
      expect(heard).toBe(1);
    },
    "takes nothing more once it is closed, and closing twice is fine": async (scene, expect) => {
      const key = await scene.task();
      const last = scene.run(key);
      scene.isClosed = true;
      const closing = Promise.all([scene.ledger.close(), scene.ledger.close()]);
      expect(await last).toBeGreaterThan(0);
      await closing;
      const [result] = await Promise.allSettled([scene.ledger.runs.counts()]);
      expect(result).toMatchObject({ status: "rejected", reason: { code: "LEDGER_UNAVAILABLE" } });
    },
  },
};
