// Fills a ledger: schedules that fire next January, and waiting runs in a paused queue. Arguments: path, schedules, runs.

import { createRota, defineExecutor } from "./library.ts";
import { payload } from "./side.ts";

const [path = "", schedules = "0", runs = "0"] = process.argv.slice(2);
const noop = defineExecutor({ type: "noop", run: () => undefined });
const rota = await createRota({ database: `sqlite:${path}`, executors: [noop], start: false });

const schedule = (i: number) =>
  ({
    name: `schedule ${i}`,
    type: "noop",
    trigger: { kind: "cron", expression: `${i % 60} ${i % 60} ${i % 24} 1 1 *`, timezone: "UTC" },
  }) as const;

const batch = 1000;
for (let from = 0; from < Number(schedules); from += batch) {
  await rota.tasks.createMany(Array.from({ length: batch }, (_, index) => schedule(from + index)));
}
const { id } = await rota.tasks.create({ name: "bench", type: "noop" });
await rota.queues.pause({ name: "default" });
for (let from = 0; from < Number(runs); from += batch) {
  await rota.triggerMany(
    id,
    Array.from({ length: batch }, (_, index) => ({ params: payload(from + index) })),
  );
}
await rota.stop();
