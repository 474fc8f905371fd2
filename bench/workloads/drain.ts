// Drains no-ops: queued by one process, worked off by a fresh one.

import { bullmq, graphileWorker, rota } from "../contenders.ts";
import { withQueue, type Contender, type Figures, type Stage, type Workload } from "../workload.ts";

const forAtMostMs = 60_000;

export const drain: Workload = {
  name: "drain",
  what: "20,000 no-ops are queued; a fresh process starts one worker; until the store says that none is left",
  contenders: [rota({ concurrency: 1000 }), graphileWorker(), bullmq()],
  measure: (contender, stage) => drained(contender, stage, 20_000),
};

/** Long enough for percentiles of the event loop. */
export const longDrain: Workload = {
  name: "long-drain",
  what: "200,000 no-ops are worked off by a fresh process with the default settings",
  contenders: [rota(), rota({ concurrency: 1000 }, "Rota, 1,000 at once")],
  measure: (contender, stage) => drained(contender, stage, 200_000),
};

async function drained(contender: Contender, stage: Stage, count: number): Promise<Figures> {
  await withQueue(contender, stage, async (side) => {
    await side.call("reset");
    await side.call("open");
    await side.call("bulk", { count, batch: 1000, rounds: 1 });
  });
  return withQueue(contender, stage, async (side) => {
    await side.call("open");
    const { perSecond, loopP99Ms, loopMaxMs } = await side.call("drain", { count, forAtMostMs });
    return { perSecond, loopP99Ms, loopMaxMs };
  });
}
