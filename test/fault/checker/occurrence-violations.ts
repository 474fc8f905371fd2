// I1, R5, R6: every instant of every schedule is decided once, and starts at most one run.

import type { TaskSpec } from "../deeds.ts";
import { cronGrid, intervalGrid, type Grid } from "./grid.ts";
import type { OccurrenceRow, Tables, TaskRow } from "./rows.ts";

/** A decision this much before its time is early. */
const earlyMs = 50;

export type Specs = ReadonlyMap<string, TaskSpec>;

export function occurrenceViolations(tables: Tables, specs: Specs): string[] {
  const found: string[] = [];
  const rowsOf = Map.groupBy(tables.occurrences, (row) => row.taskKey);
  for (const task of tables.tasks.values()) {
    const rows = rowsOf.get(task.key) ?? [];
    const spec = specs.get(task.name);
    if (spec === undefined) {
      found.push(`R1: task ${task.key} (${task.name}) is there and nobody asked for it`);
      continue;
    }
    found.push(...startViolations(tables, task, rows));
    const started = rows.filter(({ decision }) => decision === "started").length;
    if (started !== task.startedCount)
      found.push(`I1: task ${task.key} counts ${task.startedCount} starts and has ${started}`);
    if (spec.maxRuns !== undefined && started > spec.maxRuns)
      found.push(`I1: task ${task.key} started ${started} of ${spec.maxRuns} runs`);
    const grid = gridOf(spec);
    // An edited trigger has a grid of its own, which nobody told the checker.
    if (grid && task.revision === 1) found.push(...gridViolations(task, rows, grid));
  }
  return [...found, ...runsWithoutInstant(tables)];
}

/** Active schedules that should have decided an instant by now and have not. */
export function lateSchedules(tables: Tables, specs: Specs, untilMs: number): string[] {
  return [...tables.tasks.values()].flatMap((task) => {
    const spec = specs.get(task.name);
    const grid = spec && gridOf(spec);
    if (!grid || task.status !== "active") return [];
    const last = grid(Math.max(task.createdAtMs, task.decidedThroughMs + 1), untilMs).at(-1);
    return last === undefined ? [] : [`R5: task ${task.key} (${task.name}) has not decided ${at(last)}`];
  });
}

export function gridOf(spec: TaskSpec): Grid | undefined {
  if (spec.cron !== undefined) return cronGrid(spec.cron);
  if (spec.everyMs !== undefined && spec.anchorMs !== undefined)
    return intervalGrid(spec.everyMs, spec.anchorMs);
  return undefined;
}

function startViolations(tables: Tables, task: TaskRow, rows: readonly OccurrenceRow[]): string[] {
  const found: string[] = [];
  const stood = new Set<number>();
  for (const row of rows) {
    const { decision, runKey, reason, scheduledForMs } = row;
    const which = `${at(scheduledForMs)} of task ${task.key}`;
    if (row.decidedAtMs < row.dueAtMs - earlyMs)
      found.push(`R6: ${which} was decided ${row.dueAtMs - row.decidedAtMs} ms early`);
    if (decision !== "started") {
      if (runKey !== null) found.push(`I1: ${which} was ${decision} and names run ${runKey}`);
      if (reason === null && decision !== "coalesced")
        found.push(`R5: ${which} was ${decision} without a reason`);
      continue;
    }
    const run = runKey === null ? undefined : tables.births.get(runKey);
    if (runKey === null || run === undefined) {
      found.push(`I1 I2: ${which} was started and its run ${String(runKey)} is not there`);
      continue;
    }
    if (run.taskKey !== task.key || run.scheduledForMs !== scheduledForMs)
      found.push(`I1: ${which} names run ${runKey}, which stands for another instant`);
    if (stood.has(runKey)) found.push(`I1: run ${runKey} stands for two instants of task ${task.key}`);
    stood.add(runKey);
  }
  return found;
}

/** Every instant from the task's creation to its cursor lies in exactly one row, and every row on the grid. */
function gridViolations(task: TaskRow, rows: readonly OccurrenceRow[], grid: Grid): string[] {
  const found: string[] = [];
  const decided = new Map<number, number>();
  const instants = grid(task.createdAtMs, task.decidedThroughMs);
  const known = new Set(instants);
  for (const row of rows) {
    const untilMs = row.untilMs ?? row.scheduledForMs;
    if (!known.has(row.scheduledForMs) || !known.has(untilMs)) {
      found.push(
        `R5: task ${task.key} decided ${at(row.scheduledForMs)} … ${at(untilMs)}, which is not on its grid up to its cursor`,
      );
      continue;
    }
    for (const ms of grid(row.scheduledForMs, untilMs)) decided.set(ms, (decided.get(ms) ?? 0) + 1);
  }
  for (const ms of instants) {
    const times = decided.get(ms) ?? 0;
    if (times !== 1)
      found.push(`R5 I1: ${at(ms)} of task ${task.key} (${task.name}) was decided ${times} times`);
  }
  return found;
}

/** A run that a schedule started is named by its occurrence, and no instant has two of them. */
function runsWithoutInstant(tables: Tables): string[] {
  const named = new Set(tables.occurrences.flatMap(({ runKey }) => (runKey === null ? [] : [runKey])));
  const found: string[] = [];
  const seen = new Map<string, number>();
  for (const run of tables.births.values()) {
    if (!run.isScheduled) continue;
    if (!named.has(run.key))
      found.push(`I1: run ${run.key} was started by a schedule and no occurrence names it`);
    const instant = `${run.taskKey}@${String(run.scheduledForMs)}`;
    const other = seen.get(instant);
    if (other !== undefined)
      found.push(
        `I1: runs ${other} and ${run.key} of task ${run.taskKey} stand for the same instant ${at(run.scheduledForMs ?? 0)}`,
      );
    seen.set(instant, run.key);
  }
  return found;
}

function at(ms: number): string {
  return new Date(ms).toISOString();
}
