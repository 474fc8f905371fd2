// The misfire rule of fixed-delay triggers: one occurrence at a time, the next one measured from its end (SEM 17).

import { inOrder, type Decided, type DecidedInstant, type DecideInput } from "./decided.ts";
import { Windows } from "./windows.ts";

/**
 * Decides the one due moment a fixed-delay task holds. A start leaves no next moment: the end of its run sets it, to
 * `afterRun(endedAt)` plus jitter. An occurrence that starts nothing sets it from its decision.
 */
export function decideFixedDelay(
  input: DecideInput,
  afterRun: (endedAtMs: number) => number | undefined,
): Decided {
  const { decidedThroughMs, nowMs, fixedDelayDueMs: dueMs, jitterOffsetMs: offsetMs = 0 } = input;
  if (dueMs === undefined) return { occurrences: [], decidedThroughMs, exhausted: false };
  if (nowMs < dueMs) return { occurrences: [], decidedThroughMs, nextFireAtMs: dueMs, exhausted: false };
  const occurrence = judged(input, dueMs - offsetMs, dueMs);
  const cursorMs = Math.max(decidedThroughMs, occurrence.scheduledForMs);
  if (occurrence.decision === "started")
    return {
      occurrences: [occurrence],
      decidedThroughMs: cursorMs,
      ...inOrder([occurrence], input),
      exhausted: false,
    };
  const nextMs = (input.maxRunsLeft ?? Infinity) <= 0 ? undefined : afterRun(nowMs);
  const next = nextMs === undefined ? {} : { nextFireAtMs: nextMs + offsetMs };
  return { occurrences: [occurrence], decidedThroughMs: cursorMs, ...next, exhausted: nextMs === undefined };
}

function judged(input: DecideInput, scheduledForMs: number, dueAtMs: number): DecidedInstant {
  const { misfire, mode, nowMs, windows, compiled } = input;
  const base = { scheduledForMs, count: 1, dueAtMs } as const;
  const latenessMs = nowMs - dueAtMs;
  if (mode === "resume-now") return { ...base, decision: "skipped", reason: "paused" };
  if (!new Windows(windows, compiled.zone).isInside(scheduledForMs))
    return { ...base, decision: "skipped", reason: "window" };
  if (latenessMs <= misfire.graceMs) return { ...base, decision: "started" };
  if (misfire.policy === "skip") return { ...base, decision: "missed", reason: "grace" };
  if (latenessMs > (misfire.maxAgeMs ?? Infinity)) return { ...base, decision: "missed", reason: "max-age" };
  return { ...base, decision: "started", isCatchUp: true };
}
