// The ledger's verbs on backfills.

import type { Backfill, BackfillPlan } from "../domain/backfill.ts";
import type { Key } from "../domain/ids.ts";
import type { CancelRequest } from "../domain/run.ts";
import type { Page, PageRequest } from "./page.ts";

/** The next piece of a backfill: written whole or not at all, by compare-and-set on its cursor. */
export interface BackfillStep {
  readonly key: Key;
  readonly cursorMs: number;
  readonly throughMs: number;
  /** Ascending; a run is made for each. */
  readonly instantsMs: readonly number[];
  /** No instant is left after these. */
  readonly isLast: boolean;
}

export interface BackfillLedger {
  /** Undefined: the task is not there, or was cancelled. Its cursor stands just before `fromMs`. */
  create(plan: BackfillPlan, nowMs: number): Promise<Backfill | undefined>;
  get(key: Key): Promise<Backfill | undefined>;
  /** Of a task, newest first. */
  list(taskKey: Key, page: PageRequest): Promise<Page<Backfill>>;
  /** Those whose runs are not all made, oldest first. */
  unfinished(limit: number): Promise<readonly Backfill[]>;
  /**
   * Makes runs and moves the cursor in one transaction. False: somebody else took this step, or the backfill is over;
   * one whose task is gone is cancelled by it.
   */
  advance(step: BackfillStep, nowMs: number): Promise<boolean>;
  /** Makes no more runs, and asks those that are live to stop. Undefined: there is no such backfill. */
  cancel(key: Key, request: CancelRequest, nowMs: number): Promise<Backfill | undefined>;
}
