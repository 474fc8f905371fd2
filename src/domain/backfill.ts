// A backfill: runs for past instants of a task, which changes nothing that was decided about them (SEM 15).

import type { Key } from "./ids.ts";

export const backfillStatuses = ["running", "completed", "cancelled"] as const;
/** `completed`: every run was made and has ended, however it ended. */
export type BackfillStatus = (typeof backfillStatuses)[number];

/** `allow` lets its runs start together, `queue-all` one after another, behind whatever run of the task is live. */
export const backfillOverlaps = ["queue-all", "allow"] as const;
export type BackfillOverlap = (typeof backfillOverlaps)[number];

/** Instants one backfill may have. */
export const mostBackfilled = 10_000;

/** What it was asked for, fixed for good: a later edit of the task changes neither its instants nor its runs. */
export interface BackfillPlan {
  readonly taskKey: Key;
  /** The revision whose trigger gives the instants, and which its runs pin. */
  readonly revision: number;
  readonly anchorMs: number;
  /** Its instants lie from here on … */
  readonly fromMs: number;
  /** … up to and including this moment. */
  readonly toMs: number;
  readonly planned: number;
  readonly overlap: BackfillOverlap;
  readonly priority: number;
  /** JSON text; absent: the definition's own. */
  readonly params?: string;
  readonly concurrencyKey?: string;
  readonly actor: string;
  readonly reason?: string;
}

export interface Backfill extends BackfillPlan {
  readonly key: Key;
  readonly status: BackfillStatus;
  /** Every instant up to this one has its run. */
  readonly cursorMs: number;
  readonly created: number;
  readonly live: number;
  readonly completed: number;
  /** Ended `failed` or `timed_out`. */
  readonly failed: number;
  /** Ended `cancelled` or `skipped`. */
  readonly cancelled: number;
  readonly createdAtMs: number;
  readonly finishedAtMs?: number;
}
