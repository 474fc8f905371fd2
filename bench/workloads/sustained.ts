// A steady rate for 10 s: latency from add to start, and the CPU time of all processes together.

import { sleep } from "../clock.ts";
import { bullmq, rota } from "../contenders.ts";
import { cpuSecondsOfTree } from "../processes.ts";
import { SideProcess } from "../side-process.ts";
import { largest, percentile } from "../statistics.ts";
import { withQueue, type Contender, type Figures, type Stage, type Workload } from "../workload.ts";

const seconds = 10;

export const sustained1000: Workload = atRate(1000, [rota(), bullmq()]);
export const sustained5000: Workload = atRate(5000, [rota()]);

function atRate(perSecond: number, contenders: readonly Contender[]): Workload {
  return {
    name: `sustained-${perSecond}`,
    what: `${perSecond} runs/s for ${seconds} s; CPU is that of client, worker and server`,
    contenders,
    measure: (contender, stage) => measured(contender, stage, perSecond),
  };
}

async function measured(contender: Contender, stage: Stage, perSecond: number): Promise<Figures> {
  return withQueue(contender, stage, async (producer) => {
    await producer.call("reset");
    await producer.call("open");
    const worker = contender.server ? await SideProcess.queue(contender, stage.place) : producer;
    try {
      if (worker !== producer) await worker.call("open");
      await worker.call("work", { tell: false });
      await sleep(1500);
      const pids = new Set([producer.pid, worker.pid, stage.serverPid(contender)]);
      const cpu = (): number =>
        [...pids].reduce<number>((sum, pid) => sum + (pid ? cpuSecondsOfTree(pid) : 0), 0);
      const before = cpu();
      const { reachedPerSecond } = await producer.call("rate", { perSecond, seconds });
      while ((await producer.call("remaining")) > 0) await sleep(20);
      const cpuSeconds = cpu() - before;
      const latenciesMs = await worker.call("latencies");
      return {
        p50Ms: percentile(latenciesMs, 50),
        p99Ms: percentile(latenciesMs, 99),
        maxMs: largest(latenciesMs),
        reachedPerSecond,
        cpuSecondsPer1000: (cpuSeconds / latenciesMs.length) * 1000,
      };
    } finally {
      if (worker !== producer) await worker.end();
    }
  });
}
