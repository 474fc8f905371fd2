// Rows about claims that are over. A run that ended on its first claim needs none: its own row says it all.

import type { RunError } from "../../../domain/outcome.ts";
import type { RunRow } from "../run-row.ts";
import type { Tx } from "./tx.ts";

export interface EndedClaim {
  readonly atMs: number;
  readonly endedBy: string;
  readonly error?: RunError | undefined;
  /** The claim ended the run. */
  readonly isLast?: boolean;
}

/** Notes how the present claim of a run ended; to be called while the run is still claimed. */
export function noteAttempt(tx: Tx, run: RunRow, { atMs, endedBy, error, isLast }: EndedClaim): void {
  if (isLast === true && run.claim === 1) return;
  tx.sql
    .named("settle.insertAttempt")
    .run(
      run.key,
      run.claim,
      run.attempt,
      run.workerKey,
      run.claimedAtMs,
      atMs,
      endedBy,
      error === undefined ? null : JSON.stringify(error),
    );
}
