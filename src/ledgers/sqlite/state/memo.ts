// The memo of a run: rare things that change while it lives.

import { text } from "../row.ts";
import { flag, type Memo, type RunRow } from "../run-row.ts";
import type { Tx } from "./tx.ts";

export function memoOf(tx: Tx, run: Pick<RunRow, "key" | "flags">): Memo {
  if ((run.flags & flag.memo) === 0) return {};
  const row = tx.sql.named("runs.memo").get(run.key);
  return row === undefined ? {} : (JSON.parse(text(row, 0)) as Memo); // written by `remember` only
}

/** Adds to the memo; the caller writes the run's row, whose flags say that there is one. */
export function remember(tx: Tx, run: RunRow, change: Memo): void {
  const memo = { ...memoOf(tx, run), ...change };
  run.flags |= flag.memo;
  tx.sql.named("runs.putMemo").run(run.key, JSON.stringify(memo));
}

export function forgetMemo(tx: Tx, run: Pick<RunRow, "key">): void {
  tx.sql.named("runs.deleteMemo").run(run.key);
}
