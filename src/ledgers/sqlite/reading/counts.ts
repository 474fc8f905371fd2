// How many runs are in each state, of all, of a task, or of a user.

import type { Key } from "../../../domain/ids.ts";
import { runStatuses, type RunStatus } from "../../../domain/run-state.ts";
import type { RunCounts } from "../../../ports/run-ledger.ts";
import { int, oneOf, text } from "../row.ts";
import type { Tx } from "../state/tx.ts";

export interface CountFilter {
  readonly taskKey?: Key;
  readonly userId?: string;
}

/** All: from the totals, whatever the history. Of a task or user: counted, in time that grows with their runs. */
export function counts(tx: Tx, filter?: CountFilter): RunCounts {
  const byStatus = Object.fromEntries(runStatuses.map((status) => [status, 0])) as Record<RunStatus, number>; // all are named
  if (filter?.taskKey !== undefined)
    countRows(tx, byStatus, { where: "r.task_key = ?", value: filter.taskKey });
  else if (filter?.userId !== undefined) {
    countRows(tx, byStatus, {
      where: "r.task_key in (select key from tasks where user_id = ?)",
      value: filter.userId,
    });
  } else countAll(tx, byStatus);
  return { byStatus };
}

function countAll(tx: Tx, byStatus: Record<RunStatus, number>): void {
  for (const [, count] of tx.totals.readAll("ready/")) byStatus.pending += count;
  for (const [name, count] of tx.totals.readAll("held/"))
    byStatus[oneOf(runStatuses, name.split("/")[1] ?? "")] += count;
  for (const [name, count] of tx.totals.readAll("ended/"))
    byStatus[oneOf(runStatuses, name.split("/")[1] ?? "")] += count;
  for (const [, { status }] of tx.claimed.all()) byStatus[status] += 1;
}

function countRows(
  tx: Tx,
  byStatus: Record<RunStatus, number>,
  { where, value }: { readonly where: string; readonly value: string | number },
): void {
  const rows = tx.sql
    .built(
      `select coalesce(e.status, h.status, c.status, case when y.key is null then 'running' else 'pending' end), count(*) from runs r
       left join ended e on e.key = r.key left join held h on h.key = r.key left join claimed c on c.key = r.key
       left join ready y on y.lane_id = r.lane_id and y.place = r.place and y.key = r.key
       where ${where} group by 1`,
    )
    .all(value);
  for (const row of rows) byStatus[oneOf(runStatuses, text(row, 0))] += int(row, 1);
}
