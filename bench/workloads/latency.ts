// Latency when idle: one at a time, from before the add to the first line of the handler.

import { sleep } from "../clock.ts";
import { bullmq, rota } from "../contenders.ts";
import { SideProcess } from "../side-process.ts";
import { largest, percentile } from "../statistics.ts";
import { withQueue, type Workload } from "../workload.ts";

const rounds = 500;

export const latency: Workload = {
  name: "latency",
  what: `${rounds} runs, one at a time with a random gap of 2–6 ms; Rota is one process, BullMQ a producer and a worker`,
  contenders: [rota(), bullmq({ concurrency: 10 })],
  measure: (contender, stage) =>
    withQueue(contender, stage, async (producer) => {
      await producer.call("reset");
      await producer.call("open");
      const worker = contender.server ? await SideProcess.queue(contender, stage.place) : producer;
      try {
        if (worker !== producer) await worker.call("open");
        await worker.call("work", { tell: true });
        await sleep(1500);
        const latenciesMs: number[] = [];
        for (let i = 0; i < rounds; i++) {
          const started = new Promise<number>((resolve) => (worker.onStarted = resolve));
          await producer.call("addOne", { i });
          latenciesMs.push(await started);
          await sleep(2 + Math.random() * 4);
        }
        return {
          p50Ms: percentile(latenciesMs, 50),
          p99Ms: percentile(latenciesMs, 99),
          maxMs: largest(latenciesMs),
        };
      } finally {
        if (worker !== producer) await worker.end();
      }
    }),
};
