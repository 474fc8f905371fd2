// How many tasks are in each state, and what their schedules did and will do, of all or of one user.

import { taskStatuses, type TaskStatus } from "../../../domain/task-state.ts";
import type { TaskCounts } from "../../../ports/task-ledger.ts";
import { int, intOrNull, oneOf, text } from "../row.ts";
import type { Tx } from "../state/tx.ts";

/** All: from the totals, in two statements whatever there is. Of a user: counted, in time that grows with their tasks. */
export function taskCounts(tx: Tx, { userId }: { readonly userId?: string } = {}): TaskCounts {
  return userId === undefined ? ofAll(tx) : ofUser(tx, userId);
}

function ofAll(tx: Tx): TaskCounts {
  const [byStatus, timed] = [none(), none()];
  let [started, upcoming] = [0, 0];
  for (const [name, count] of tx.totals.readAll("tasks/")) {
    const [, what = "", kind] = name.split("/");
    if (what === "started") started = count;
    else if (what === "upcoming") upcoming = count;
    else {
      const status = oneOf(taskStatuses, what);
      byStatus[status] += count;
      if (kind === "timed") timed[status] += count;
    }
  }
  const row = upcoming === 0 ? undefined : tx.sql.named("stats.nextFire").get();
  return { byStatus, timed, started, upcoming, ...(row === undefined ? {} : { nextFireAtMs: int(row, 0) }) };
}

function ofUser(tx: Tx, userId: string): TaskCounts {
  const [byStatus, timed] = [none(), none()];
  let [started, upcoming, nextMs] = [0, 0, Number.POSITIVE_INFINITY];
  for (const row of tx.sql.named("stats.ofUser").all(userId)) {
    const status = oneOf(taskStatuses, text(row, 0));
    const count = int(row, 2);
    byStatus[status] += count;
    if (int(row, 1) === 0) continue;
    timed[status] += count;
    started += int(row, 3);
    if (status !== "active") continue;
    upcoming += int(row, 4);
    nextMs = Math.min(nextMs, intOrNull(row, 5) ?? nextMs);
  }
  const next = nextMs === Number.POSITIVE_INFINITY ? {} : { nextFireAtMs: nextMs };
  return { byStatus, timed, started, upcoming, ...next };
}

function none(): Record<TaskStatus, number> {
  return { active: 0, paused: 0, completed: 0, cancelled: 0 };
}
