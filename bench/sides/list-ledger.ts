// Fills a ledger with ended runs, then lists them in the ways people do, and prints the figures as JSON. Arguments: path, runs.

import { nowMs, sleep } from "../clock.ts";
import { median } from "../statistics.ts";
import { createRota, defineExecutor } from "./library.ts";
import type { Payload } from "./side.ts";
import { payload } from "./side.ts";

const [path = "", count = "0"] = process.argv.slice(2);
const runs = Number(count);
const batch = 1000;

/** One run in a hundred fails. */
const work = defineExecutor({
  type: "work",
  retry: { maxAttempts: 1 },
  run: ({ i }: Payload) => {
    if (i % 100 === 0) throw new Error("one in a hundred");
  },
});
const rota = await createRota({ database: `sqlite:${path}`, executors: [work], concurrency: 500 });
const tasks: string[] = [];
for (let n = 0; n < 100; n++) {
  const { id } = await rota.tasks.create({
    name: `task ${n}`,
    type: "work",
    userId: `user ${n % 10}`,
    tags: [`tag ${n % 7}`],
  });
  tasks.push(id);
}
for (let from = 0; from < runs; from += batch) {
  const task = tasks[(from / batch) % tasks.length] ?? "";
  await rota.triggerMany(
    task,
    Array.from({ length: batch }, (_, index) => ({ params: payload(from + index) })),
  );
}
for (let left = runs; left > 0; await sleep(50)) {
  const { completed, failed } = (await rota.stats.get()).runs;
  left = runs - completed - failed;
}

/** Milliseconds of the median of five, after one that is not counted. */
async function time(act: () => Promise<unknown>): Promise<number> {
  const took: number[] = [];
  for (let round = 0; round < 6; round++) {
    const startMs = nowMs();
    await act();
    if (round > 0) took.push(nowMs() - startMs);
  }
  return median(took);
}

const page = (query: Parameters<typeof rota.runs.list>[0]) => () => rota.runs.list(query);

async function walk(most: number): Promise<void> {
  let cursor: string | null = null;
  let seen = 0;
  do {
    const { items, nextCursor } = await rota.runs.list({
      limit: batch,
      ...(cursor === null ? {} : { cursor }),
    });
    seen += items.length;
    cursor = nextCursor;
  } while (cursor !== null && seen < most);
}

const figures = {
  pageOf50Ms: await time(page({ limit: 50 })),
  pageOf1000Ms: await time(page({ limit: 1000 })),
  failedMs: await time(page({ filter: "status:failed type:work", limit: 50 })),
  ofTaskMs: await time(page({ taskId: tasks[0] ?? "", limit: 50 })),
  ofUserMs: await time(page({ userId: "user 3", limit: 50 })),
  // Nothing matches: as many rows are looked at as a page allows.
  worstMs: await time(page({ filter: "params.s:nothing", limit: 50 })),
  statsMs: await time(() => rota.stats.get()),
  walk100000Ms: await time(() => walk(100_000)),
};
await rota.stop();
process.stdout.write(JSON.stringify(figures));
