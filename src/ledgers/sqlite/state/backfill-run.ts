// What a run means for the backfill it belongs to: listed while it lives, counted when it ends.

import type { RunStatus } from "../../../domain/run-state.ts";
import { parseExtra, type RunRow } from "../run-row.ts";
import type { Tx } from "./tx.ts";

/** A run of a backfill was born. */
export function joinBackfill(tx: Tx, run: RunRow, backfillKey: number): void {
  tx.sql.named("backfills.addRun").run(backfillKey, run.key);
}

/** A run of a backfill has ended. */
export function leaveBackfill(tx: Tx, run: RunRow, atMs: number): void {
  const key = parseExtra(run.extra).backfill;
  if (key === undefined) return;
  const { status } = run;
  tx.sql.named("backfills.dropRun").run(key, run.key);
  tx.sql
    .named("backfills.runEnded")
    .run(
      one(status, "completed"),
      one(status, "failed", "timed_out"),
      one(status, "cancelled", "skipped"),
      key,
    );
  tx.sql.named("backfills.finish").run(atMs, key);
}

function one(status: RunStatus, ...counted: readonly RunStatus[]): number {
  return counted.includes(status) ? 1 : 0;
}
