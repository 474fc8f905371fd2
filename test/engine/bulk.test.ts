// Bulk verbs on a running Rota: batches, and a caller who goes away.
import { expect, it } from "vitest";
import { createRota } from "../../src/app/create-rota.ts";
import { defineExecutor } from "../../src/executors/define-executor.ts";
import type { OutputOf } from "../../src/contract/catalogue.ts";

type Answer = OutputOf<"runs.bulkCancel">;

const batch = 200;

async function setup(count: number) {
  const rota = await createRota({
    database: "memory:",
    executors: [defineExecutor({ type: "noop", run: () => undefined })],
  });
  const { id } = await rota.tasks.create({ name: "many", type: "noop" });
  await rota.triggerMany(
    id,
    Array.from({ length: count }, () => ({ delayMs: 3_600_000 })),
  );
  const cancel = async (input: object, signal?: AbortSignal) =>
    (await rota.invoke("runs.bulkCancel", { filter: `task:${id}`, ...input }, undefined, signal)) as Answer; // its answer
  return { rota, cancel };
}

it("P9 ends after the batch at hand when the caller has gone, and goes on from there when asked again", async () => {
  const { rota, cancel } = await setup(3 * batch);
  await using _ = rota;
  const gone = new AbortController();
  rota.on("run.cancelled", () => gone.abort());
  const first = await cancel({ expectedCount: 3 * batch }, gone.signal);
  expect(first.changed).toBeGreaterThanOrEqual(batch);
  expect(first.changed).toBeLessThan(3 * batch);
  expect(first.changed + first.unchanged).toBe((await rota.stats.get()).runs.cancelled);
  const again = await cancel({ expectedCount: 3 * batch });
  expect(again).toMatchObject({ matched: 3 * batch, unchanged: first.changed, nextCursor: null });
  expect(again.changed + first.changed).toBe(3 * batch);
});

it("P9 takes a count that is a little off, as others work at the same time", async () => {
  const { rota, cancel } = await setup(100);
  await using _ = rota;
  await expect(cancel({ expectedCount: 94 })).rejects.toMatchObject({ code: "COUNT_MISMATCH" });
  await expect(cancel({ expectedCount: 106 })).rejects.toMatchObject({ code: "COUNT_MISMATCH" });
  expect((await rota.stats.get()).runs.cancelled).toBe(0);
  expect(await cancel({ expectedCount: 104 })).toMatchObject({ matched: 100, changed: 100 });
});
