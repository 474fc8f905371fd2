// Begins to list the live runs of a task whose settling must from now on look at the task.

import type { Key } from "../../../domain/ids.ts";
import { isTerminal } from "../../../domain/run-state.ts";
import { int } from "../row.ts";
import { locate } from "./locate.ts";
import type { TaskHeader } from "./task-cache.ts";
import type { Tx } from "./tx.ts";

/** Fills `live` for a task that was not tracked; the number of its live runs is known, so the search can stop. */
export function track(tx: Tx, task: TaskHeader): void {
  if (task.isTracked) return;
  for (const key of liveRunKeys(tx, task)) tx.sql.named("runs.insertLive").run(task.key, 0, key);
  tx.totals.set(`live/${task.key}`, 0);
  task.isTracked = true;
  tx.sql.named("tasks.setTracked").run(task.key);
}

/** Keys of a task's live runs, oldest first. */
export function liveRunKeys(tx: Tx, task: TaskHeader): readonly Key[] {
  if (task.isTracked)
    return tx.sql
      .named("runs.allLive")
      .all(task.key)
      .map((row) => int(row, 0));
  let left = tx.totals.read(`live/${task.key}`);
  const found: Key[] = [];
  let before = Number.MAX_SAFE_INTEGER;
  while (left > 0) {
    const rows = tx.sql.named("runs.ofTaskBefore").all(task.key, before, 500);
    if (rows.length === 0) break;
    for (const row of rows) {
      before = int(row, 0);
      const run = locate(tx, before);
      if (run === undefined || isTerminal(run.status)) continue;
      found.push(before);
      left -= 1;
      if (left === 0) break;
    }
  }
  return found.toReversed();
}

/** The newest live run of a task. */
export function newestLive(tx: Tx, task: TaskHeader): Key | undefined {
  if (!task.isTracked) return liveRunKeys(tx, task).at(-1);
  const row = tx.sql.named("runs.newestLive").get(task.key);
  return row === undefined ? undefined : int(row, 0);
}
