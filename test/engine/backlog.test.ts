// A backlog is worked off without the worker and its ledger waiting for each other.

import { expect, it } from "vitest";
import { createRota } from "../../src/app/create-rota.ts";
import { defineExecutor } from "../../src/executors/define-executor.ts";
import { openSqliteLedger } from "../../src/ledgers/sqlite/index.ts";

it("claims a backlog in commits of at most 500 runs, so that some are at work while the next are written", async () => {
  const total = 2000;
  let done = 0;
  let finish = (): void => undefined;
  const allDone = new Promise<void>((resolve) => (finish = resolve));
  const noop = defineExecutor({
    type: "noop",
    run: async () => {
      if (++done === total) finish();
    },
  });
  const ledger = await openSqliteLedger({ database: "memory:", nowMs: Date.now() });
  const startedTogether: number[] = [];
  ledger.onCommit(
    ({ events }) => {
      const started = events.filter(({ type }) => type === "run.started").length;
      if (started > 0) startedTogether.push(started);
    },
    { events: true },
  );
  const rota = await createRota({ ledger, executors: [noop], concurrency: 1000, start: false });
  const task = await rota.tasks.create({ name: "t", type: "noop" });
  for (let added = 0; added < total; added += 1000)
    await rota.triggerMany(
      task,
      Array.from({ length: 1000 }, () => ({})),
    );
  await rota.start();
  await allDone;
  await rota.stop();
  expect(startedTogether.reduce((sum, count) => sum + count, 0)).toBe(total);
  expect(Math.max(...startedTogether)).toBeLessThanOrEqual(500);
});
