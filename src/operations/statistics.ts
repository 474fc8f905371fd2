// Counts over every state of tasks and runs, and what the schedules have done and are about to do.

import type { OutputOf } from "../contract/catalogue.ts";
import type { TaskCounts } from "../ports/task-ledger.ts";
import type { Call } from "./services.ts";
import { utc } from "./time-text.ts";

type Stats = OutputOf<"stats.get">;

export async function statistics({ services: { ledger }, principal: { userId } }: Call): Promise<Stats> {
  const owner = userId === undefined ? {} : { userId };
  const [{ byStatus }, tasks] = await Promise.all([ledger.runs.counts(owner), ledger.tasks.counts(owner)]);
  return {
    runs: { total: sum(byStatus), ...byStatus },
    tasks: { total: sum(tasks.byStatus), ...tasks.byStatus },
    schedules: schedulesOf(tasks),
  };
}

function schedulesOf({ timed, started, upcoming, nextFireAtMs }: TaskCounts): Stats["schedules"] {
  return {
    totalScheduledTasks: sum(timed),
    enabledTasks: timed.active,
    disabledTasks: timed.paused,
    totalRuns: started,
    upcomingRuns: upcoming,
    nextRun: nextFireAtMs === undefined ? null : utc(nextFireAtMs),
  };
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
