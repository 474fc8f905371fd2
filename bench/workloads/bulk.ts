// Adds in bulk: 20,000 in calls of 1,000, three times over; the first round is cold, the best of the others is warm.

import { graphileWorker, rota, sqliteLimit } from "../contenders.ts";
import { largest } from "../statistics.ts";
import { withQueue, type Workload } from "../workload.ts";

export const bulk: Workload = {
  name: "bulk",
  what: "adds 20,000 in calls of 1,000; cold is the first round of a fresh process, warm the better of the two after it",
  contenders: [rota(), graphileWorker(), sqliteLimit],
  measure: (contender, stage) =>
    withQueue(contender, stage, async (side) => {
      await side.call("reset");
      await side.call("open");
      const { perSecond, loopP99Ms } = await side.call("bulk", { count: 20_000, batch: 1000, rounds: 3 });
      const [cold = Number.NaN, ...warm] = perSecond;
      return { coldPerSecond: cold, warmPerSecond: largest(warm), loopP99Ms };
    }),
};
