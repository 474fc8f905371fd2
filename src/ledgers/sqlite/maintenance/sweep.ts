// Deletes what has been kept long enough, a bounded piece at a time.

import { firstKeyAt, type Key } from "../../../domain/ids.ts";
import { rememberedMs } from "../../../ports/call-ledger.ts";
import type { KeptFor, SweepReply } from "../../../ports/maintenance-ledger.ts";
import { firstInt, int, text } from "../row.ts";
import { pageSize } from "../state/journal-page.ts";
import type { Tx } from "../state/tx.ts";

/** How long the feed is kept (SEM 7). */
const feedMs = 7 * 86_400_000;
/** Rows looked at for each one that may be deleted: most of the old ones stay when failures are kept longer. */
const lookedAtPerDeleted = 10;

interface Sweep {
  readonly defaults: KeptFor;
  readonly limit: number;
  readonly nowMs: number;
}

export function sweep(tx: Tx, defaults: KeptFor, limit: number, nowMs: number): SweepReply {
  const terms = { defaults, limit, nowMs };
  tx.sql.named("dedup.sweep").run(nowMs, limit);
  tx.sql.named("backfills.sweep").run(firstKeyAt(Math.max(0, nowMs - defaults.failureMs)), limit);
  tx.errors.sweep(nowMs - defaults.failureMs, limit);
  const runs = sweepRuns(tx, terms);
  const occurrences = sweepOccurrences(tx, terms);
  const events = sweepFeed(tx, terms);
  const audit = sweepAudit(tx, terms);
  const ended = sweepEnded(tx, terms);
  return {
    runs: runs.count,
    occurrences: occurrences.count,
    events: events.count,
    audit: audit.count,
    more: [runs, occurrences, events, audit, ended].some(({ more }) => more),
  };
}

interface Swept {
  readonly count: number;
  readonly more: boolean;
}

/** Goes through the ended runs in order of age, from where the last sweep stopped, and begins anew at the end. */
function sweepRuns(tx: Tx, { defaults, limit, nowMs }: Sweep): Swept {
  const from = firstInt(tx.sql.named("store.getMeta").get("sweep_run"));
  const most = limit * lookedAtPerDeleted;
  const rows = tx.sql.named("sweep.ended").all(from, most);
  let count = 0;
  let last = from;
  for (const row of rows) {
    if (count >= limit) break;
    last = int(row, 0);
    const retention = { ...defaults, ...tx.tasks.find(int(row, 1))?.definition.retention };
    const keptMs = text(row, 2) === "completed" ? retention.successMs : retention.failureMs;
    if (int(row, 3) + keptMs >= nowMs || isNeeded(tx, last, int(row, 1))) continue;
    deleteRun(tx, last, text(row, 2));
    count += 1;
  }
  const isThrough = rows.length < most && last === (rows.at(-1)?.[0] ?? from);
  tx.sql.named("store.setMeta").run("sweep_run", isThrough ? 0 : last);
  tx.sql.named("store.setMeta").run("last_run_key", tx.runKeys.last);
  return { count, more: !isThrough };
}

/** A live run waits for it or was made from it, it holds a key for a while, or it is the task's newest ended run (SEM 16). */
function isNeeded(tx: Tx, key: Key, taskKey: Key): boolean {
  if (tx.sql.named("sweep.isAwaited").get(key) !== undefined) return true;
  const task = tx.tasks.find(taskKey);
  const newest = tx.sql.named("sweep.newestEnded").get(taskKey);
  return task !== undefined && !task.isDeleted && newest !== undefined && int(newest, 0) === key;
}

const tablesOfRun = ["ended", "runs", "memos", "run_reports"] as const;
const tablesByRun = ["steps", "run_logs", "run_output", "attempts", "history"] as const;

function deleteRun(tx: Tx, key: Key, status: string): void {
  for (const table of tablesOfRun)
    tx.sql
      .built(`delete from ${table} where ${table === "ended" || table === "runs" ? "key" : "run_key"} = ?`)
      .run(key);
  for (const table of tablesByRun) tx.sql.built(`delete from ${table} where run_key = ?`).run(key);
  if (status === "failed" || status === "timed_out") tx.errors.forget(key);
  tx.totals.add(`ended/${status}`, -1);
}

/** The cursor never goes back, so an old occurrence is not needed to know that its instant is decided (SEM 13). */
function sweepOccurrences(tx: Tx, { defaults, limit, nowMs }: Sweep): Swept {
  const beforeMs = nowMs - Math.max(defaults.successMs, defaults.failureMs);
  const fromTask = firstInt(tx.sql.named("store.getMeta").get("sweep_task"));
  const fromMs = firstInt(tx.sql.named("store.getMeta").get("sweep_occurrence"));
  const most = limit * lookedAtPerDeleted;
  const rows = tx.sql.named("sweep.occurrences").all(fromTask, fromMs, most);
  let count = 0;
  let last: readonly [number, number] = [fromTask, fromMs];
  for (const row of rows) {
    if (count >= limit) break;
    last = [int(row, 0), int(row, 1)];
    if (int(row, 2) >= beforeMs) continue;
    tx.sql.named("sweep.deleteOccurrence").run(...last);
    count += 1;
  }
  const isThrough = rows.length < most && count < limit;
  tx.sql.named("store.setMeta").run("sweep_task", isThrough ? 0 : last[0]);
  tx.sql.named("store.setMeta").run("sweep_occurrence", isThrough ? 0 : last[1]);
  return { count, more: !isThrough };
}

function sweepFeed(tx: Tx, { limit, nowMs }: Sweep): Swept {
  let count = 0;
  for (const row of tx.sql.named("feed.oldest").all(limit)) {
    if (int(row, 1) + feedMs >= nowMs) return { count, more: false };
    if (count >= limit) return { count, more: true };
    const [position, size] = [int(row, 0), pageSize(text(row, 2))];
    tx.sql.named("feed.deletePage").run(position);
    tx.sql.named("store.setMeta").run("feed_floor", position + size - 1);
    count += size;
  }
  return { count, more: count >= limit };
}

function sweepAudit(tx: Tx, { defaults, limit, nowMs }: Sweep): Swept {
  const { auditMs } = defaults;
  if (auditMs === undefined) return { count: 0, more: false };
  const count = tx.sql.named("access.deleteOldAudit").run(firstKeyAt(Math.max(0, nowMs - auditMs)), limit);
  return { count, more: count >= limit };
}

/** Sessions that are over, and calls that need no longer be remembered. */
function sweepEnded(tx: Tx, { limit, nowMs }: Sweep): Swept {
  const sessions = tx.sql.named("access.deleteOldSessions").run(nowMs, limit);
  const calls = tx.sql.named("access.deleteOldCalls").run(nowMs - rememberedMs, limit);
  return { count: sessions + calls, more: Math.max(sessions, calls) >= limit };
}
