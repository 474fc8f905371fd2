// Lists of occurrences of all tasks, in order of their instants.

import { passes } from "../../../domain/filter/evaluate.ts";
import { everything, isEverything, type Condition } from "../../../domain/filter/expression.ts";
import type { Key } from "../../../domain/ids.ts";
import type { Json } from "../../../domain/json.ts";
import type { Occurrence } from "../../../domain/occurrence.ts";
import type { ListOrder } from "../../../domain/filter/order.ts";
import type { OccurrencePage, OccurrencePlace, OccurrenceQuery } from "../../../ports/task-ledger.ts";
import { int, type Row, type SqlValue } from "../row.ts";
import type { Tx } from "../state/tx.ts";
import { toOccurrence } from "../task-verbs/read.ts";
import { boundsOf, mustPass, valuesOf } from "./narrow.ts";

/** Rows looked at for one page, and together; see `key-scan.ts`. */
const mostLookedAt = 10_000;
const largestBlock = 1000;

const columns =
  "o.scheduled_for_ms, o.until_ms, o.count, o.due_at_ms, o.decision, o.reason, o.run_key, o.into_ms, o.into_run_key, o.decided_at_ms, o.task_key";

export function listOccurrences(tx: Tx, query: OccurrenceQuery): OccurrencePage {
  const { limit, order = "newest", where = everything } = query;
  const items: Occurrence[] = [];
  const drive = occurrenceDrive(query);
  const { fromMs, untilMs } = boundsOf(mustPass(where), "scheduledFor");
  let place = query.after ?? edgeOf(order, { fromMs, untilMs });
  const isAll = isEverything(where);
  for (let lookedAt = 0; lookedAt < mostLookedAt; lookedAt += largestBlock) {
    const wanted = isAll ? Math.min(limit + 1 - items.length, largestBlock) : largestBlock;
    const rows = tx.sql.built(drive.sql).all(...drive.values, place.scheduledForMs, place.taskKey, wanted);
    for (const row of rows) {
      const next = placeOf(row);
      if (order === "newest" ? next.scheduledForMs < fromMs : next.scheduledForMs >= untilMs)
        return { items };
      const found = toOccurrence(next.taskKey, row);
      if (isAll || isPassing(tx, where, found)) {
        // One more than wanted shows that there is a next page, which begins behind the last item of this one.
        if (items.length === limit) return { items, next: place };
        items.push(found);
      }
      place = next;
    }
    if (rows.length < wanted) return { items };
  }
  return { items, next: place };
}

/** Before the first row that may match. */
function edgeOf(
  order: ListOrder,
  { fromMs, untilMs }: { readonly fromMs: number; readonly untilMs: number },
): OccurrencePlace {
  const atMs = order === "newest" ? untilMs : fromMs - 1;
  const bounded = Math.max(Math.min(atMs, Number.MAX_SAFE_INTEGER), Number.MIN_SAFE_INTEGER);
  return { scheduledForMs: bounded, taskKey: order === "newest" ? 0 : Number.MAX_SAFE_INTEGER };
}

/** A query whose last three values are the place it goes on from and how many rows it gives at most. */
export interface OccurrenceDrive {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

export function occurrenceDrive(query: OccurrenceQuery): OccurrenceDrive {
  const { order = "newest", where = everything } = query;
  const tests = mustPass(where);
  const [task, ...others] = query.taskKey === undefined ? (valuesOf(tests, "taskId") ?? []) : [query.taskKey];
  const isNewest = order === "newest";
  const [before, direction] = isNewest ? ["<", "desc"] : [">", "asc"];
  const sorted = `order by o.scheduled_for_ms ${direction}, o.task_key ${direction} limit `;
  if (query.userId !== undefined) return ofUser(query.userId, { isNewest, sorted });
  const place = `(o.scheduled_for_ms, o.task_key) ${before} (?, ?)`;
  if (typeof task === "number" && others.length === 0) {
    const sql = `select ${columns} from occurrences o where o.task_key = ? and ${place} ${sorted}?`;
    return { sql, values: [task] };
  }
  return { sql: `select ${columns} from occurrences o where ${place} ${sorted}?`, values: [] };
}

/** The next of each of the user's tasks, merged: never more rows than tasks × page, whatever their history. */
function ofUser(
  userId: string,
  { isNewest, sorted }: { readonly isNewest: boolean; readonly sorted: string },
): OccurrenceDrive {
  const [upTo, before, beyond, direction, end] = isNewest
    ? ["<=", "<", ">=", "desc", Number.MIN_SAFE_INTEGER]
    : [">=", ">", "<=", "asc", Number.MAX_SAFE_INTEGER];
  const sql = `select ${columns} from tasks t cross join occurrences o on o.task_key = t.key
where t.user_id = ?1 and o.scheduled_for_ms ${upTo} ?2
  and (o.scheduled_for_ms ${before} ?2 or o.task_key ${before} ?3)
  and o.scheduled_for_ms ${beyond} coalesce((select scheduled_for_ms from occurrences
    where task_key = t.key and scheduled_for_ms ${upTo} ?2 order by scheduled_for_ms ${direction} limit 1 offset ?4 + 1), ${end})
${sorted}?4`;
  return { sql, values: [userId] };
}

function placeOf(row: Row): OccurrencePlace {
  return { scheduledForMs: int(row, 0), taskKey: int(row, 10) };
}

function isPassing(tx: Tx, where: Condition, found: Occurrence): boolean {
  return passes(where, (field) => fieldValues(tx, found, field));
}

function fieldValues(tx: Tx, found: Occurrence, field: string): readonly Json[] {
  const definition = () => tx.tasks.get(found.taskKey).definition;
  const known = (value: Json | undefined): readonly Json[] => (value === undefined ? [] : [value]);
  switch (field) {
    case "taskId":
      return [found.taskKey];
    case "runId":
      return known(found.runKey satisfies Key | undefined);
    case "type":
      return [definition().type];
    case "tag":
      return definition().tags;
    case "userId":
      return known(definition().userId);
    case "name":
      return [definition().name];
    case "decision":
      return [found.decision];
    case "reason":
      return known(found.reason);
    case "scheduledFor":
      return [found.scheduledForMs];
    case "decidedAt":
      return [found.decidedAtMs];
    case "lateness":
      return [Math.max(0, found.decidedAtMs - found.dueAtMs)];
    default:
      throw new Error(`no list is filtered by ${field}`);
  }
}
