// Dependencies of runs (SEM 16): fixed when the run is created, released when what it waits for ends.

import { firstKeyAt, type Key } from "../../../domain/ids.ts";
import { isTerminal, nextRunStatus } from "../../../domain/run-state.ts";
import type { TaskDefinition } from "../../../domain/task.ts";
import { int } from "../row.ts";
import { flag, type RunRow } from "../run-row.ts";
import type { EndedRun } from "./aftermath.ts";
import { end, letGo, putHeld, refusal, takeOut } from "./moves.ts";
import { locate } from "./locate.ts";
import type { Tx } from "./tx.ts";

/** What a new run's dependencies make of it. */
export type Standing = "free" | "blocked" | { readonly failedOn: Key };

/** Looks at each dependency as it stands now, and notes for which runs the new one waits. */
export function fixDependencies(
  tx: Tx,
  run: RunRow,
  { definition, nowMs }: { readonly definition: TaskDefinition; readonly nowMs: number },
): Standing {
  let standing: Standing = "free";
  for (const { taskKey, withinMs } of definition.dependsOn) {
    const fromKey = withinMs === undefined ? 0 : firstKeyAt(Math.max(0, nowMs - withinMs));
    const row = tx.sql.named("dependencies.newestRun").get(taskKey, fromKey);
    const newest = row === undefined ? undefined : locate(tx, int(row, 0));
    if (newest !== undefined && isTerminal(newest.status)) {
      if (newest.status !== "completed" && definition.onDependencyFailure !== "run")
        return { failedOn: taskKey };
      continue;
    }
    if (newest === undefined && willNeverRun(tx, taskKey)) {
      if (definition.onDependencyFailure !== "run") return { failedOn: taskKey };
      continue;
    }
    tx.sql.named("dependencies.insert").run(run.key, taskKey, newest?.key ?? null);
    tx.tasks.dependedOn(taskKey);
    run.flags |= flag.waits;
    standing = "blocked";
  }
  return standing;
}

/** Gives those who wait for the first run of a task the run that came. */
export function nameFirstToCome(tx: Tx, run: RunRow): void {
  tx.sql.named("dependencies.nameFirst").run(run.key, run.taskKey);
}

/** Releases or ends the runs that waited for this one. */
export function onUpstreamEnd(tx: Tx, ended: EndedRun, nowMs: number): void {
  for (const row of tx.sql.named("dependencies.onRun").all(ended.key)) {
    const waiting = locate(tx, int(row, 0));
    if (waiting !== undefined && !isTerminal(waiting.status)) {
      const taskKey = int(row, 1);
      resolveOne(tx, waiting, { taskKey, isSatisfied: ended.status === "completed", nowMs });
    }
  }
}

/** An upstream task was cancelled or deleted before it ran: nothing will come for those who wait for its first run. */
export function onUpstreamGone(tx: Tx, taskKey: Key, nowMs: number): void {
  for (const row of tx.sql.named("dependencies.firstToCome").all(taskKey)) {
    const waiting = locate(tx, int(row, 0));
    if (waiting !== undefined) resolveOne(tx, waiting, { taskKey, isSatisfied: false, nowMs });
  }
}

/** Ends a run whose dependency failed, as its definition says; the run is in no table. */
export function endForDependency(
  tx: Tx,
  run: RunRow,
  { failedOn, nowMs }: { readonly failedOn: Key; readonly nowMs: number },
): void {
  const policy = tx.tasks.definition(run.taskKey, run.revision).onDependencyFailure;
  const status = nextRunStatus(run.status, policy === "skip" ? "skip" : "fail");
  if (status === undefined || !isTerminal(status))
    throw new Error(`run ${run.key} cannot end from ${run.status}`);
  const name = tx.tasks.find(failedOn)?.definition.name ?? String(failedOn);
  end(tx, run, {
    status,
    atMs: nowMs,
    result: refusal("DEPENDENCY_FAILED", `the task "${name}" this run waits for did not complete`),
  });
}

interface Resolution {
  readonly taskKey: Key;
  readonly isSatisfied: boolean;
  readonly nowMs: number;
}

function resolveOne(tx: Tx, run: RunRow, { taskKey, isSatisfied, nowMs }: Resolution): void {
  const policy = tx.tasks.definition(run.taskKey, run.revision).onDependencyFailure;
  if (!isSatisfied && policy !== "run") {
    takeOut(tx, run);
    endForDependency(tx, run, { failedOn: taskKey, nowMs });
    return;
  }
  tx.sql.named("dependencies.satisfied").run(run.key, taskKey);
  if (tx.sql.named("dependencies.left").get(run.key) !== undefined) return;
  unblock(tx, run, nowMs);
}

function unblock(tx: Tx, run: RunRow, nowMs: number): void {
  takeOut(tx, run);
  if (run.status === "paused") {
    // It stays paused; what it returns to is no longer `blocked`.
    run.pausedFrom = "pending";
    run.waitUntilMs = run.dueAtMs;
    tx.event(run, "run.unblocked", { atMs: nowMs });
    putHeld(tx, run);
    return;
  }
  tx.event(run, "run.unblocked", { atMs: nowMs });
  run.waitUntilMs = run.dueAtMs;
  letGo(tx, run, nowMs);
}

function willNeverRun(tx: Tx, taskKey: Key): boolean {
  const task = tx.tasks.find(taskKey);
  return task === undefined || task.isDeleted || task.status === "cancelled";
}
