// What the misfire rule is asked, and what it answers.

import type { Decision, DecisionReason } from "../occurrence.ts";
import type { CompiledTrigger } from "./compile.ts";
import type { MisfirePolicy, Window } from "./trigger.ts";

/** One instant, or a stretch of consecutive instants that start nothing and share decision and reason (SEM 19). */
export interface DecidedInstant {
  readonly scheduledForMs: number;
  /** Last instant of a stretch; absent for a single instant. */
  readonly untilMs?: number;
  /** How many instants; 1 for a single one, absent where counting would mean enumerating. */
  readonly count?: number;
  /** When the (first) instant was due: with the task's jitter. */
  readonly dueAtMs: number;
  /** `started` means: wants to start; overlap and guard are judged when it is inserted. */
  readonly decision: Decision;
  readonly reason?: DecisionReason;
  /** The instant that stands for a coalesced one. */
  readonly intoMs?: number;
  /** A start later than its grace. */
  readonly isCatchUp?: true;
}

/**
 * `running` and `resume-paused-at` apply the misfire rule; `resume-now` decides everything due as `skipped(paused)`, in
 * one row (SEM 5).
 */
export type DecideMode = "running" | "resume-now" | "resume-paused-at";

export interface DecideInput {
  readonly compiled: CompiledTrigger;
  /** The task's cursor: every instant up to it is decided. */
  readonly decidedThroughMs: number;
  readonly nowMs: number;
  readonly misfire: MisfirePolicy;
  readonly windows?: readonly Window[];
  /** Starts left under `maxRuns`. @default no bound */
  readonly maxRunsLeft?: number;
  /** The task's own jitter, see {@link jitterOffsetMs}. @default 0 */
  readonly jitterOffsetMs?: number;
  readonly mode: DecideMode;
  /** For `fixed-delay` only: the due moment the task holds, jitter included; absent while its run is live. */
  readonly fixedDelayDueMs?: number;
}

export interface Decided {
  /** In order; each instant up to the new cursor is in exactly one of them. */
  readonly occurrences: readonly DecidedInstant[];
  /** The new cursor: the last instant decided, or the old one. */
  readonly decidedThroughMs: number;
  /** When the next undecided instant is due, jitter included; absent when none is left or a run must end first. */
  readonly nextFireAtMs?: number;
  /** The starts follow one another, and what is live, whatever `overlap` says but `allow`: `all` catches up (SEM 14). */
  readonly inOrder?: true;
  /** No instant is left, or no start. Never true for triggers without instants. */
  readonly exhausted: boolean;
}

/** Under `all` a decision that catches up loses none of its starts to `overlap`, those on time included. */
export function inOrder(
  occurrences: readonly DecidedInstant[],
  { misfire }: DecideInput,
): Pick<Decided, "inOrder"> {
  const catchesUp = misfire.policy === "all" && occurrences.some(({ isCatchUp }) => isCatchUp);
  return catchesUp ? { inOrder: true } : {};
}
