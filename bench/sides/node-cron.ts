// node-cron: schedules in memory, nothing is stored.

import { schedule } from "node-cron";
import type { SchedulerSide } from "./side.ts";

export function openScheduler(): SchedulerSide {
  let told: (group: string) => void = () => undefined;
  return {
    reset: async () => undefined,
    open: async (fire) => void (told = fire),
    schedule: async ({ cron, group }) => schedule(cron, () => told(group), { timezone: "UTC" }),
    close: async () => undefined,
  };
}
