// Lists of runs, newest first: one index drives, what it cannot say is judged row by row, within a bound.

import { firstKeyAt } from "../../../domain/ids.ts";
import { isTerminal, type RunStatus } from "../../../domain/run-state.ts";
import type { Run } from "../../../domain/run.ts";
import type { Page } from "../../../ports/page.ts";
import type { RunQuery } from "../../../ports/run-ledger.ts";
import { firstInt, int, type SqlValue } from "../row.ts";
import type { RunRow } from "../run-row.ts";
import { locate } from "../state/locate.ts";
import type { Tx } from "../state/tx.ts";
import { toRun } from "./read-run.ts";

/** Rows looked at for one page; a page cut here says where to go on, so that no filter makes a list endless. */
const mostLookedAt = 50_000;
/** Keys read at once. */
const blockSize = 500;
/** Up to so many, runs in a state are listed from the state's own table rather than searched among all. */
const fewRuns = 5000;

export function listRuns(tx: Tx, query: RunQuery): Page<Run> {
  const items: Run[] = [];
  const drive = chooseDrive(tx, query);
  const matches = matcher(tx, query);
  let before = Math.min(
    query.after ?? Number.MAX_SAFE_INTEGER,
    query.createdUntilMs === undefined ? Number.MAX_SAFE_INTEGER : firstKeyAt(query.createdUntilMs),
  );
  let lookedAt = 0;
  for (;;) {
    const rows = tx.sql
      .built(drive.sql)
      .all(...drive.values, before, firstKeyAt(query.createdFromMs ?? 0), blockSize);
    for (const row of rows) {
      const key = int(row, 0);
      const run = locate(tx, key);
      if (run !== undefined && matches(run)) {
        // One more than wanted shows that there is a next page, which begins behind the last item of this one.
        if (items.length === query.limit) return { items, next: before };
        items.push(toRun(tx, run));
      }
      before = key;
    }
    if (rows.length < blockSize) return { items };
    lookedAt += rows.length;
    if (lookedAt >= mostLookedAt) return { items, next: before };
  }
}

/** A query for keys below a bound and from another, newest first; its last three values are bound, floor and limit. */
export interface Drive {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** The narrowest way to come by all runs that may match; each is in order of key by its index. */
export function chooseDrive(tx: Tx, query: RunQuery): Drive {
  const range = "key < ? and key >= ? order by key desc limit ?";
  if (query.taskKey !== undefined)
    return { sql: `select key from runs where task_key = ? and ${range}`, values: [query.taskKey] };
  const { status } = query;
  if (status !== undefined && status.length > 0) {
    const drive = driveByStatus(tx, status, range);
    if (drive !== undefined) return drive;
  }
  const owner = query.userId ?? query.conversationId;
  if (owner !== undefined)
    return driveByOwner(query.userId === undefined ? "conversation_id" : "user_id", owner);
  return { sql: `select key from runs where ${range}`, values: [] };
}

function driveByStatus(tx: Tx, status: readonly RunStatus[], range: string): Drive | undefined {
  const parts = new Set<string>();
  const claimed = "select value as key from json_each(?)";
  for (const one of status) {
    if (one === "completed") return undefined; // the common end: all runs are as good a way
    if (isTerminal(one)) parts.add(`select key from ended where status = '${one}' and status <> 'completed'`);
    else if (one === "running" || one === "cancelling") parts.add(claimed);
    else if (one === "pending") {
      if (!isFew(tx, "ready") || !isFew(tx, "held")) return undefined;
      parts.add("select key from ready").add("select key from held where status = 'pending'");
    } else {
      parts.add(`select key from held where status = '${one}' and status <> 'pending'`);
      if (one === "paused") parts.add(claimed);
    }
  }
  const values = parts.has(claimed) ? [tx.claimed.keysJson()] : [];
  const [only] = parts;
  if (parts.size === 1 && only?.includes(" where ") === true) return { sql: `${only} and ${range}`, values };
  return { sql: `select key from (${[...parts].join(" union ")}) where ${range}`, values };
}

/** Newest runs of each of the owner's tasks, merged: never more rows than tasks × page, whatever their history. */
function driveByOwner(column: "user_id" | "conversation_id", owner: string): Drive {
  const sql = `select r.key from tasks t cross join runs r on r.task_key = t.key
where t.${column} = ?1 and r.key < ?2 and r.key >= ?3
  and r.key >= coalesce((select key from runs where task_key = t.key and key < ?2 order by key desc limit 1 offset ?4), 0)
order by r.key desc limit ?4`;
  return { sql, values: [owner] };
}

function isFew(tx: Tx, table: "ready" | "held"): boolean {
  return (
    firstInt(tx.sql.built(`select count(*) from (select 1 from ${table} limit ${fewRuns + 1})`).get()) <=
    fewRuns
  );
}

/** Judges what the drive cannot. */
function matcher(tx: Tx, query: RunQuery): (run: RunRow) => boolean {
  const status = query.status === undefined ? undefined : new Set(query.status);
  const type = query.type === undefined ? undefined : new Set(query.type);
  const laneOf = (run: RunRow) => tx.lanes.lane(run.laneId).queue.name;
  const isOf = (run: RunRow) => {
    if (type === undefined && query.userId === undefined && query.conversationId === undefined) return true;
    const definition = tx.tasks.definition(run.taskKey, run.revision);
    return (
      (type === undefined || type.has(definition.type)) &&
      (query.userId === undefined || definition.userId === query.userId) &&
      (query.conversationId === undefined || definition.conversationId === query.conversationId)
    );
  };
  return (run) =>
    (status === undefined || status.has(run.status)) &&
    // No run has a parent yet: workflows bring children.
    query.parentKey === undefined &&
    (query.queue === undefined || laneOf(run) === query.queue) &&
    isOf(run);
}
