// 100,000 schedules: how fast they are registered, and how late they fire against the wall clock.

import { sleep } from "../clock.ts";
import { bullmq, nodeCron, rota } from "../contenders.ts";
import type { Fired, Registration, ScheduleGroup } from "../sides/schedule-commands.ts";
import { largest, percentile } from "../statistics.ts";
import { withScheduler, type Figures, type Workload } from "../workload.ts";

/** Calls at once while registering for a firing: as fast as each side takes them. */
const atOnceInBulk = 1000;

export const dueTogether: Workload = {
  name: "due-together",
  what: "of 100,000 schedules 1,000 are due in the same second every 10 s; two such seconds are watched",
  contenders: [rota({ concurrency: 1000 }), bullmq(), nodeCron],
  quickRounds: 2,
  measure: (contender, stage) =>
    withScheduler(contender, stage, async (side) => {
      await side.call("reset");
      await side.call("open");
      const registered = await side.call("register", {
        groups: [never(99_000), { group: "due", count: 1000, due: "together" }],
        atOnce: atOnceInBulk,
        bulk: true,
      });
      await side.call("takeFired");
      // Begins and ends in the middle between two firings.
      await sleep(5000 - (Date.now() % 10_000) + (Date.now() % 10_000 > 5000 ? 10_000 : 0));
      await side.call("takeFired");
      await sleep(20_000);
      const late = lateness(await side.call("takeFired"), 10_000);
      return { ...late, missing: 2000 - late.fired, megabytes: registered.megabytes };
    }),
};

export const dueSpread: Workload = {
  name: "due-spread",
  what: "of 100,000 schedules 100 are due in each second; watched for 40 s (90 s in full mode)",
  contenders: [rota({ concurrency: 1000 })],
  quickRounds: 1,
  measure: (contender, stage) =>
    withScheduler(contender, stage, async (side) => {
      const seconds = stage.isThorough ? 90 : 40;
      await side.call("reset");
      await side.call("open");
      const groups = [never(94_000), { group: "due", count: 6000, due: "spread" }] as const;
      await side.call("register", { groups, atOnce: atOnceInBulk, bulk: true });
      await sleep(1500 - (Date.now() % 1000));
      await side.call("takeFired");
      await sleep(seconds * 1000);
      const late = lateness(await side.call("takeFired"), 1000);
      return { ...late, missing: seconds * 100 - late.fired };
    }),
};

export const registerOneByOne: Workload = registered({
  name: "register-32",
  what: "registers 100,000 cron schedules, a call for each, 32 at once",
  atOnce: 32,
});
export const registerInBulk: Workload = registered({
  name: "register-bulk",
  what: "registers 100,000 cron schedules; Rota 1,000 to a call, 3 calls at once, BullMQ, which has no such call, 1,000 calls at once",
  atOnce: atOnceInBulk,
  bulk: true,
});

function registered({
  name,
  what,
  ...how
}: Omit<Registration, "groups"> & Pick<Workload, "name" | "what">): Workload {
  return {
    name,
    what,
    contenders: [rota(), bullmq()],
    quickRounds: 2,
    measure: (contender, stage) =>
      withScheduler(contender, stage, async (side) => {
        await side.call("reset");
        await side.call("open");
        const { perSecond } = await side.call("register", { groups: [never(100_000)], ...how });
        return { perSecond };
      }),
  };
}

function never(count: number): ScheduleGroup {
  return { group: "never", count, due: "never" };
}

/** A firing is as late as it is past the last instant of its period; one that came early shows as almost a period. */
function lateness(fired: readonly Fired[], periodMs: number): Figures & { readonly fired: number } {
  const lateMs = fired.filter(({ group }) => group === "due").map(({ atMs }) => atMs % periodMs);
  return {
    fired: lateMs.length,
    p50Ms: percentile(lateMs, 50),
    p99Ms: percentile(lateMs, 99),
    maxMs: largest(lateMs),
  };
}
