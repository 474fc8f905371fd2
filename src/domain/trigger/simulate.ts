// The occurrences a task would have: the production rule under virtual time, with outages and an assumed run duration.

import type { OverlapPolicy } from "../task.ts";
import { compileTrigger, type CompileContext, type CompiledTrigger } from "./compile.ts";
import { decide } from "./decide.ts";
import type { Decided } from "./decided.ts";
import { jitterOffsetMs } from "./jitter.ts";
import { SimulatedRuns, type SimulatedOccurrence } from "./simulated-runs.ts";
import { defaultMisfireFor, type MisfirePolicy, type Trigger, type Window } from "./trigger.ts";

export interface Outage {
  readonly fromMs: number;
  /** First instant at which decisions are made again. */
  readonly untilMs: number;
}

export interface SimulateInput {
  readonly trigger: Trigger;
  readonly context: CompileContext;
  /** @default the trigger's defaults */
  readonly misfire?: MisfirePolicy;
  /** @default skip, or allow for triggers without instants */
  readonly overlap?: OverlapPolicy;
  /** How many may wait under `queue`. @default 1 */
  readonly overlapMax?: number;
  readonly windows?: readonly Window[];
  readonly maxRuns?: number;
  /** Gives the jitter of that task; without it none is applied. */
  readonly taskKey?: number | string;
  readonly fromMs: number;
  /** Instants due up to this one are decided. */
  readonly untilMs: number;
  readonly outages?: readonly Outage[];
  /** How long each run takes, in milliseconds. @default 0 */
  readonly runDurationMs?: number;
}

export interface Simulation {
  readonly occurrences: readonly SimulatedOccurrence[];
  /** More would have followed: the answer or the work has reached its bound. */
  readonly isTruncated: boolean;
  /** Instants depend on how long runs take (`fixed-delay`). */
  readonly isEstimated: boolean;
}

/** Most occurrences in an answer. */
export const simulationLimit = 10_000;
/** Most decisions made for one answer; rows of equal skips count once in it, so that it can be shorter. */
const stepLimit = 100_000;

/**
 * Simulates a checked trigger. Runs go on through outages, nothing is decided in them; guards and queue limits are not
 * simulated. Bounded in answer and work.
 *
 * @throws INVALID_TRIGGER when the trigger is one that the check would have refused
 */
export function simulateTrigger(input: SimulateInput): Simulation {
  const compiled = compileTrigger(input.trigger, input.context);
  const runs = new SimulatedRuns({
    policy: input.overlap ?? (compiled.hasInstants ? "skip" : "allow"),
    max: input.overlapMax ?? 1,
    durationMs: input.runDurationMs ?? 0,
  });
  if (input.trigger.kind === "immediate") {
    runs.record(
      { scheduledForMs: input.fromMs, count: 1, dueAtMs: input.fromMs, decision: "started" },
      input.fromMs,
    );
  }
  const isTruncated = walk(input, compiled, runs);
  const occurrences = runs.occurrences().slice(0, simulationLimit);
  return {
    occurrences,
    isTruncated: isTruncated || runs.count > simulationLimit,
    isEstimated: compiled.afterRun !== undefined,
  };
}

/** Wakes at each due moment, as the timer service does; says whether a bound was reached before the end. */
function walk(input: SimulateInput, compiled: CompiledTrigger, runs: SimulatedRuns): boolean {
  const offsetMs = input.taskKey === undefined ? 0 : jitterOffsetMs(input.taskKey, compiled.jitterMs);
  const outages = [...(input.outages ?? [])].sort((a, b) => a.fromMs - b.fromMs);
  const misfire = input.misfire ?? defaultMisfireFor(input.trigger);
  let cursorMs = input.fromMs;
  let wakeMs = due(compiled.afterRun?.(input.fromMs) ?? compiled.next(cursorMs), offsetMs);
  for (let step = 0; wakeMs !== undefined; step++) {
    const nowMs = afterOutages(wakeMs, outages);
    if (nowMs > input.untilMs) return false;
    if (step >= stepLimit || runs.count > simulationLimit) return true;
    const decided: Decided = decide({
      compiled,
      decidedThroughMs: cursorMs,
      nowMs,
      misfire,
      ...(input.windows === undefined ? {} : { windows: input.windows }),
      ...(input.maxRuns === undefined ? {} : { maxRunsLeft: input.maxRuns - runs.startedCount }),
      jitterOffsetMs: offsetMs,
      mode: "running",
      ...(compiled.afterRun === undefined ? {} : { fixedDelayDueMs: wakeMs }),
    });
    for (const occurrence of decided.occurrences) runs.record(occurrence, nowMs, decided.inOrder);
    const hasMoved = decided.decidedThroughMs > cursorMs;
    cursorMs = decided.decidedThroughMs;
    wakeMs = nextWake(decided, compiled, { offsetMs, endedAtMs: runs.lastEndMs });
    if (wakeMs !== undefined && !hasMoved && wakeMs <= nowMs) return true; // nothing would ever change again
    if (wakeMs !== undefined) wakeMs = Math.max(wakeMs, compiled.afterRun === undefined ? nowMs : wakeMs);
  }
  return false;
}

/** A fixed delay goes on from the end of the run it started; everything else has its next due moment. */
function nextWake(
  decided: Decided,
  compiled: CompiledTrigger,
  last: { offsetMs: number; endedAtMs: number },
): number | undefined {
  const hasStarted = decided.occurrences.some(({ decision }) => decision === "started");
  if (compiled.afterRun === undefined || !hasStarted) return decided.nextFireAtMs;
  return due(compiled.afterRun(last.endedAtMs), last.offsetMs);
}

function due(ms: number | undefined, offsetMs: number): number | undefined {
  return ms === undefined ? undefined : ms + offsetMs;
}

function afterOutages(ms: number, outages: readonly Outage[]): number {
  let nowMs = ms;
  for (const outage of outages) if (nowMs >= outage.fromMs && nowMs < outage.untilMs) nowMs = outage.untilMs;
  return nowMs;
}
