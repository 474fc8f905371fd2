// Plans firings: from a task and the time to the occurrences and the cursor that should be written; reads nothing.

import { compileTrigger, type CompiledTrigger } from "../domain/trigger/compile.ts";
import { decide } from "../domain/trigger/decide.ts";
import type { DecidedInstant, DecideMode } from "../domain/trigger/decided.ts";
import { jitterOffsetMs } from "../domain/trigger/jitter.ts";
import type { Calculators } from "../domain/trigger/calculators.ts";
import type { Task } from "../domain/task.ts";
import type { Trigger } from "../domain/trigger/trigger.ts";
import type { Firing, NewOccurrence } from "../ports/task-ledger.ts";
import { keyOf } from "./definition.ts";

export interface ScheduleStart {
  readonly anchorMs: number;
  readonly decidedThroughMs: number;
  readonly nextFireAtMs?: number;
}

/** The trigger rules of `domain/trigger` applied to stored tasks. */
export class FirePlanner {
  readonly #calculators: Calculators;
  readonly #defaultTimezone: string;

  constructor(calculators: Calculators, defaultTimezone: string) {
    this.#calculators = calculators;
    this.#defaultTimezone = defaultTimezone;
  }

  compile(trigger: Trigger, anchorMs: number): CompiledTrigger {
    return compileTrigger(trigger, {
      anchorMs,
      defaultTimezone: this.#defaultTimezone,
      calculators: this.#calculators,
    });
  }

  /** Where a schedule begins that is created, or gets a new trigger, now (SEM 5). */
  begin(
    trigger: Trigger,
    from: { readonly taskKey: number; readonly nowMs: number; readonly anchorMs: number },
  ): ScheduleStart {
    const { taskKey, nowMs, anchorMs } = from;
    // What is due at this very moment belongs to the schedule: the cursor stands just before it.
    const decidedThroughMs = nowMs - 1;
    if (trigger.kind === "manual") return { anchorMs, decidedThroughMs };
    if (trigger.kind === "immediate") return { anchorMs, decidedThroughMs, nextFireAtMs: nowMs };
    const compiled = this.compile(trigger, anchorMs);
    // A one-off that passed within its grace is accepted, and fired at once.
    const first = compiled.afterRun
      ? compiled.afterRun(nowMs)
      : compiled.next(trigger.kind === "at" ? Number.MIN_SAFE_INTEGER : decidedThroughMs);
    if (first === undefined) return { anchorMs, decidedThroughMs };
    const offsetMs = jitterOffsetMs(taskKey, compiled.jitterMs);
    return {
      anchorMs,
      decidedThroughMs: Math.min(decidedThroughMs, first - 1),
      nextFireAtMs: first + offsetMs,
    };
  }

  /** Decides what is due of an active task. */
  fire(task: Task, nowMs: number): Firing {
    return this.#plan(task, nowMs, "running");
  }

  /** Decides the instants of a pause that ends now; undefined when the trigger has none (SEM 5). */
  resume(task: Task, from: "now" | "paused-at", nowMs: number): Firing | undefined {
    const { trigger } = task.definition;
    if (trigger.kind === "manual") return undefined;
    return this.#plan(task, nowMs, from === "now" ? "resume-now" : "resume-paused-at");
  }

  /** Sets an idle fixed-delay task going again after a crash between a run's end and its next instant (SEM 17). */
  rearm(task: Task, nowMs: number): Firing | undefined {
    const { trigger } = task.definition;
    const compiled = this.compile(trigger, task.anchorMs);
    const next = compiled.afterRun?.(nowMs);
    if (next === undefined) return undefined;
    return { ...unchanged(task), nextFireAtMs: next + jitterOffsetMs(task.key, compiled.jitterMs) };
  }

  /** The next `count` instants, as a person would expect them: of the trigger, not of pauses or limits. */
  upcoming(task: Task, nowMs: number, count: number): number[] {
    const { trigger } = task.definition;
    if (trigger.kind === "manual") return [];
    if (trigger.kind === "immediate") return task.nextFireAtMs === undefined ? [] : [task.nextFireAtMs];
    const compiled = this.compile(trigger, task.anchorMs);
    if (compiled.fixedDelayMs !== undefined)
      return task.nextFireAtMs === undefined ? [] : [task.nextFireAtMs];
    const times: number[] = [];
    const left = Math.min(
      count,
      task.definition.maxRuns === undefined ? count : task.definition.maxRuns - task.startedCount,
    );
    for (let at = Math.max(task.decidedThroughMs, nowMs - 1); times.length < left;) {
      const next = compiled.next(at);
      if (next === undefined) break;
      times.push(next);
      at = next;
    }
    return times;
  }

  #plan(task: Task, nowMs: number, mode: DecideMode): Firing {
    const { definition } = task;
    if (definition.trigger.kind === "immediate") return this.#planImmediate(task, mode, nowMs);
    const compiled = this.compile(definition.trigger, task.anchorMs);
    const dueMs = task.nextFireAtMs ?? task.keptFireAtMs;
    const moved = dueMs === undefined ? undefined : this.#movedDelay(task, compiled, dueMs);
    if (moved) return moved;
    const decided = decide({
      compiled,
      decidedThroughMs: task.decidedThroughMs,
      nowMs,
      misfire: definition.misfire,
      mode,
      jitterOffsetMs: jitterOffsetMs(task.key, compiled.jitterMs),
      ...(dueMs === undefined ? {} : { fixedDelayDueMs: dueMs }),
      ...(definition.windows === undefined ? {} : { windows: definition.windows }),
      ...(definition.maxRuns === undefined ? {} : { maxRunsLeft: definition.maxRuns - task.startedCount }),
    });
    return {
      ...unchanged(task),
      decidedThroughMs: decided.decidedThroughMs,
      occurrences: decided.occurrences.map((instant) => this.#occurrence(task, instant)),
      ...(decided.nextFireAtMs === undefined ? {} : { nextFireAtMs: decided.nextFireAtMs }),
      ...(decided.inOrder === undefined ? {} : { inOrder: decided.inOrder }),
    };
  }

  /**
   * The end of a run knows nothing of `endAt` and `exclude` when it sets the next moment of a fixed delay: here it is
   * moved to where the trigger allows it, or the schedule is over.
   */
  #movedDelay(task: Task, compiled: CompiledTrigger, dueMs: number): Firing | undefined {
    if (compiled.afterRun === undefined || compiled.fixedDelayMs === undefined) return undefined;
    const offsetMs = jitterOffsetMs(task.key, compiled.jitterMs);
    const allowedMs = compiled.afterRun(dueMs - offsetMs - compiled.fixedDelayMs);
    if (allowedMs === undefined) return { ...unchanged(task), isOver: true };
    return allowedMs + offsetMs === dueMs
      ? undefined
      : { ...unchanged(task), nextFireAtMs: allowedMs + offsetMs };
  }

  #planImmediate(task: Task, mode: DecideMode, nowMs: number): Firing {
    const at = task.anchorMs;
    if (task.decidedThroughMs >= at) return unchanged(task);
    const start: DecidedInstant = { scheduledForMs: at, dueAtMs: at, decision: "started" };
    const instant: DecidedInstant =
      mode === "resume-now" && nowMs > at ? { ...start, decision: "skipped", reason: "paused" } : start;
    return { ...unchanged(task), decidedThroughMs: at, occurrences: [this.#occurrence(task, instant)] };
  }

  #occurrence(task: Task, instant: DecidedInstant): NewOccurrence {
    const { concurrency, dedup, params } = task.definition;
    const key = keyOf(concurrency?.key, params);
    const dedupKey = keyOf(dedup?.key, params);
    return {
      scheduledForMs: instant.scheduledForMs,
      dueAtMs: instant.dueAtMs,
      decision: instant.decision,
      ...(instant.untilMs === undefined ? {} : { untilMs: instant.untilMs }),
      ...(instant.count === undefined ? {} : { count: instant.count }),
      ...(instant.reason === undefined ? {} : { reason: instant.reason }),
      ...(instant.intoMs === undefined ? {} : { intoMs: instant.intoMs }),
      ...(key === undefined ? {} : { concurrencyKey: key }),
      ...(dedupKey === undefined ? {} : { dedupKey }),
    };
  }
}

function unchanged(task: Task): Firing {
  return {
    taskKey: task.key,
    revision: task.revision,
    decidedFromMs: task.decidedThroughMs,
    decidedThroughMs: task.decidedThroughMs,
    occurrences: [],
  };
}
