// How many tasks are in each state, and what their schedules have started: kept up to date by each change of a task.

import type { TaskHeader } from "./task-cache.ts";
import type { Totals } from "./totals.ts";

/** What a task is counted as. */
export interface CountedTask {
  /** The total of its state; undefined while it is in none: not stored yet, or deleted. */
  readonly name: string | undefined;
  /** Runs its instants have started. */
  readonly started: number;
  /** 1: an enabled schedule whose next instant is known. */
  readonly upcoming: number;
}

export const countedNothing: CountedTask = { name: undefined, started: 0, upcoming: 0 };

/** `timed`: a clock starts its runs; `manual` and `immediate` have no instants (S1.77). */
export function countedAs(
  task: Pick<TaskHeader, "status" | "isDeleted" | "nextFireAtMs" | "startedCount"> & Timed,
): CountedTask {
  if (task.isDeleted) return countedNothing;
  if (!task.rules.isTimed) return { name: `tasks/${task.status}/other`, started: 0, upcoming: 0 };
  const upcoming = task.status === "active" && task.nextFireAtMs !== null ? 1 : 0;
  return { name: `tasks/${task.status}/timed`, started: task.startedCount, upcoming };
}

interface Timed {
  readonly rules: Pick<TaskHeader["rules"], "isTimed">;
}

/** Counts a task that was just stored and is not kept in the cache. */
export function countNewTask(
  totals: Totals,
  task: Pick<TaskHeader, "status" | "nextFireAtMs"> & Timed,
): void {
  const { name, upcoming } = countedAs({ ...task, isDeleted: false, startedCount: 0 });
  if (name !== undefined) totals.add(name, 1);
  if (upcoming > 0) totals.add("tasks/upcoming", upcoming);
}

/** Called after each change of what {@link countedAs} looks at; calling it again changes nothing. */
export function countTask(totals: Totals, task: TaskHeader): void {
  const before = task.counted;
  const after = countedAs(task);
  if (before.name !== after.name) {
    if (before.name !== undefined) totals.add(before.name, -1);
    if (after.name !== undefined) totals.add(after.name, 1);
  }
  if (before.started !== after.started) totals.add("tasks/started", after.started - before.started);
  if (before.upcoming !== after.upcoming) totals.add("tasks/upcoming", after.upcoming - before.upcoming);
  task.counted = after;
}
