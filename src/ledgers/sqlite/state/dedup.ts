// Judges whether a key of a task is taken, and keeps it for the run that takes it (SEM 29).

import type { Key } from "../../../domain/ids.ts";
import { isTerminal } from "../../../domain/run-state.ts";
import type { SingleRun } from "../../../ports/run-ledger.ts";
import { int, intOrNull } from "../row.ts";
import type { RunRow } from "../run-row.ts";
import { locate } from "./locate.ts";
import type { Tx } from "./tx.ts";

export type DedupVerdict =
  | { readonly kind: "free" }
  | { readonly kind: "existing"; readonly run: RunRow }
  | { readonly kind: "refused"; readonly runKey: Key }
  /** The run has not begun and takes what is new; not later than `latestMs`. */
  | { readonly kind: "replace"; readonly run: RunRow; readonly latestMs: number };

/** The store is the only writer, so the judgement holds until the transaction that acts on it commits. */
export function judgeDedup(tx: Tx, taskKey: Key, single: SingleRun, nowMs: number): DedupVerdict {
  const row = tx.sql.named("dedup.find").get(taskKey, single.kind, single.key);
  const run = row === undefined ? undefined : locate(tx, int(row, 0));
  if (row === undefined || run === undefined) return { kind: "free" };
  const untilMs = intOrNull(row, 2);
  if (untilMs === null ? isTerminal(run.status) : untilMs <= nowMs) return { kind: "free" };
  if (single.kind === "debounce") {
    const latestMs = single.maxMs === undefined ? Infinity : int(row, 1) + single.maxMs;
    return hasBegun(run) ? { kind: "free" } : { kind: "replace", run, latestMs };
  }
  switch (single.onConflict) {
    case "return-existing":
      return { kind: "existing", run };
    case "reject":
      return { kind: "refused", runKey: run.key };
    case "replace-pending":
      return hasBegun(run) ? { kind: "free" } : { kind: "replace", run, latestMs: Infinity };
    default:
      return single.onConflict satisfies never;
  }
}

function hasBegun(run: RunRow): boolean {
  return run.claim > 0 || isTerminal(run.status);
}

/** The run takes the key, from whoever had it. */
export function keepKey(tx: Tx, run: RunRow, single: SingleRun, nowMs: number): void {
  const untilMs = single.kind === "dedup" && single.windowMs !== undefined ? nowMs + single.windowMs : null;
  tx.sql.named("dedup.keep").run(run.taskKey, single.kind, single.key, run.key, nowMs, untilMs);
}
