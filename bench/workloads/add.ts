// Adds one by one, each awaited, with 1 and with 64 clients; nobody works meanwhile.

import { bullmq, rota, sqliteLimit } from "../contenders.ts";
import { withQueue, type Contender, type Workload } from "../workload.ts";

/** Adds of one measurement at most, so that the slow and the fast write files of like size. */
const cap = 200_000;

export const addOneClient: Workload = adds(1, [
  rota(),
  rota({ ledgerThread: "main" }, "Rota, ledger on main"),
  sqliteLimit,
]);
export const addManyClients: Workload = adds(64, [rota(), bullmq(), sqliteLimit]);

function adds(clients: number, contenders: readonly Contender[]): Workload {
  return {
    name: `add-${clients}`,
    what: `adds one by one, each awaited, ${clients} at once, for 2.5 s after 0.5 s of warm-up`,
    contenders,
    measure: (contender, stage) =>
      withQueue(contender, stage, async (side) => {
        await side.call("reset");
        await side.call("open");
        const figures = await side.call("addLoop", { clients, warmUpMs: 500, forMs: 2500, cap });
        return { perSecond: figures.perSecond, p50Ms: figures.p50Ms, p99Ms: figures.p99Ms };
      }),
  };
}
