// Counts over every state of tasks and runs, and what the schedules have done and are about to do.

import type { Task } from "../domain/task.ts";
import { taskStatuses, type TaskStatus } from "../domain/task-state.ts";
import type { OutputOf } from "../contract/catalogue.ts";
import type { Call } from "./services.ts";
import { utc } from "./time-text.ts";

type Stats = OutputOf<"stats.get">;

export async function statistics(call: Call): Promise<Stats> {
  const { ledger } = call.services;
  const { userId } = call.principal;
  const owner = userId === undefined ? {} : { userId };
  const [{ byStatus }, tasks] = await Promise.all([ledger.runs.counts(owner), countTasks(call, owner)]);
  const total = Object.values(byStatus).reduce((sum, count) => sum + count, 0);
  return { runs: { total, ...byStatus }, ...tasks };
}

async function countTasks(
  { services }: Call,
  owner: { readonly userId?: string },
): Promise<Pick<Stats, "tasks" | "schedules">> {
  const tasks: Record<TaskStatus | "total", number> = {
    total: 0,
    active: 0,
    paused: 0,
    completed: 0,
    cancelled: 0,
  };
  const schedules = {
    totalScheduledTasks: 0,
    enabledTasks: 0,
    disabledTasks: 0,
    totalRuns: 0,
    upcomingRuns: 0,
  };
  let nextRunMs = Infinity;
  let after: number | undefined;
  do {
    const page = await services.ledger.tasks.list({
      limit: 1000,
      ...owner,
      ...(after === undefined ? {} : { after }),
    });
    for (const task of page.items) {
      tasks.total++;
      tasks[task.status]++;
      if (!isScheduled(task)) continue;
      schedules.totalScheduledTasks++;
      schedules.totalRuns += task.startedCount;
      if (task.status === "paused") schedules.disabledTasks++;
      if (task.status !== "active") continue;
      schedules.enabledTasks++;
      if (task.nextFireAtMs === undefined) continue;
      schedules.upcomingRuns++;
      nextRunMs = Math.min(nextRunMs, task.nextFireAtMs);
    }
    after = page.next;
  } while (after !== undefined);
  return { tasks, schedules: { ...schedules, nextRun: nextRunMs === Infinity ? null : utc(nextRunMs) } };
}

/** S1.77 counts what a clock starts; `manual` and `immediate` have no instants. */
function isScheduled({ definition: { trigger } }: Task): boolean {
  return trigger.kind !== "manual" && trigger.kind !== "immediate";
}

// A state that is added must be counted.
taskStatuses satisfies readonly (keyof Stats["tasks"])[];
