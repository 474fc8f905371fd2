// One nominal instant of a trigger, and what was decided about it.

import type { Key } from "./ids.ts";

export const decisions = ["started", "coalesced", "skipped", "missed", "dropped"] as const;
export type Decision = (typeof decisions)[number];

export const decisionReasons = [
  "overlap",
  "paused",
  "window",
  "guard",
  "grace",
  "max-age",
  "cap",
  "dedup",
  "max-runs",
] as const;
export type DecisionReason = (typeof decisionReasons)[number];

/**
 * An occurrence row: one instant, or a stretch of consecutive instants that started nothing and share decision and
 * reason (`untilMs` set; SEM 19).
 */
export interface Occurrence {
  readonly taskKey: Key;
  readonly scheduledForMs: number;
  readonly untilMs?: number;
  readonly count?: number;
  readonly dueAtMs: number;
  readonly decision: Decision;
  readonly reason?: DecisionReason;
  readonly runKey?: Key;
  /** The instant, or the run, that stands for a coalesced one. */
  readonly intoMs?: number;
  readonly intoRunKey?: Key;
  readonly decidedAtMs: number;
}
