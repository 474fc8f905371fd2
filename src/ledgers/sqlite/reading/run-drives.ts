// The narrowest way to come by all runs that may match: each is an index that gives them in order of key.

import type { Scalar, Test } from "../../../domain/filter/expression.ts";
import { isTerminal, runStatuses, type RunStatus } from "../../../domain/run-state.ts";
import type { ListOrder } from "../../../domain/filter/order.ts";
import { firstInt } from "../row.ts";
import type { Tx } from "../state/tx.ts";
import { rangeOf, type Drive } from "./key-scan.ts";
import { valuesOf } from "./narrow.ts";

/** Up to so many, runs in a state are listed from the state's own table rather than searched among all. */
const fewRuns = 5000;

/** A drive, and the fields whose tests every key it gives has passed. */
export interface RunDrive extends Drive {
  readonly settles: readonly string[];
}

export function chooseDrive(tx: Tx, tests: readonly Test<Scalar>[], order: ListOrder): RunDrive {
  const ids = valuesOf(tests, "id");
  if (ids !== undefined) return driveByKeys(ids, order);
  const status = valuesOf(tests, "status")
    ?.map(readStatus)
    .filter((one) => one !== undefined);
  const tasks = valuesOf(tests, "taskId");
  if (tasks !== undefined && !(status !== undefined && areRare(tx, status)))
    return driveByTasks(tasks, order);
  const byStatus = status === undefined ? undefined : driveByStatus(tx, status, order);
  if (byStatus !== undefined) return byStatus;
  for (const [field, column] of owners) {
    const [owner, ...others] = valuesOf(tests, field) ?? [];
    if (typeof owner === "string" && others.length === 0) return driveByOwner(column, owner, order);
  }
  return { sql: `select key from runs where ${rangeOf(order)}`, values: [], settles: [] };
}

function readStatus(value: Scalar): RunStatus | undefined {
  return runStatuses.find((status) => status === value);
}

function driveByKeys(keys: readonly Scalar[], order: ListOrder): RunDrive {
  const sql = `select key from runs where key in (select value from json_each(?)) and ${rangeOf(order)}`;
  return { sql, values: [JSON.stringify(keys)], settles: ["id"] };
}

function driveByTasks(tasks: readonly Scalar[], order: ListOrder): RunDrive {
  const [only = null] = tasks;
  if (tasks.length === 1) {
    const sql = `select key from runs where task_key = ? and ${rangeOf(order)}`;
    return { sql, values: [typeof only === "boolean" ? null : only], settles: ["taskId"] };
  }
  const merged = mergeTasks({ tasks: "json_each(?1) t", key: "t.value", condition: "" }, order);
  return { sql: merged, values: [JSON.stringify(tasks)], settles: ["taskId"] };
}

const owners = [
  ["userId", "user_id"],
  ["conversationId", "conversation_id"],
] as const;

/** A run may have been another's when its task was edited, so the owner is tested all the same. */
function driveByOwner(column: string, owner: string, order: ListOrder): RunDrive {
  const sql = mergeTasks({ tasks: "tasks t", key: "t.key", condition: `t.${column} = ?1 and ` }, order);
  return { sql, values: [owner], settles: [] };
}

interface SomeTasks {
  readonly tasks: string;
  readonly key: string;
  readonly condition: string;
}

/** The next runs of each task, merged: never more rows than tasks × page, whatever their history. */
function mergeTasks({ tasks, key, condition }: SomeTasks, order: ListOrder): string {
  const ofTask = `select key from runs where task_key = ${key} and key >= ?2 and key < ?3`;
  const reach =
    order === "newest"
      ? `r.key >= coalesce((${ofTask} order by key desc limit 1 offset ?4), ?2) and r.key < ?3`
      : `r.key <= coalesce((${ofTask} order by key asc limit 1 offset ?4), ?3 - 1) and r.key >= ?2`;
  return `select r.key from ${tasks} cross join runs r on r.task_key = ${key}
where ${condition}${reach} and r.key >= ?2 and r.key < ?3
order by r.key ${order === "newest" ? "desc" : "asc"} limit ?4`;
}

/** Runs in these states are so few that going through them is cheaper than through a task's. */
function areRare(tx: Tx, status: readonly RunStatus[]): boolean {
  let count = 0;
  for (const one of status) {
    if (!isTerminal(one)) return false;
    count += tx.totals.read(`ended/${one}`);
  }
  return count <= fewRuns;
}

/** The next runs of each state, merged: never more rows than states × page. */
function driveByStatus(tx: Tx, status: readonly RunStatus[], order: ListOrder): RunDrive | undefined {
  const sources = new Set<string>();
  for (const one of status) {
    if (one === "completed") return undefined; // the common end: all runs are as good a way
    if (isTerminal(one)) sources.add(`ended where status = '${one}' and status <> 'completed'`);
    else if (one === "running" || one === "cancelling") sources.add(inHands);
    else if (one === "pending") {
      if (!isFew(tx, "ready") || !isFew(tx, "held")) return undefined;
      sources.add("ready where 1").add("held where status = 'pending'");
    } else {
      sources.add(`held where status = '${one}' and status <> 'pending'`);
      if (one === "paused") sources.add(inHands);
    }
  }
  const [only] = sources;
  // Who is in workers' hands may be running, cancelling or paused: their state is judged all the same.
  if (sources.has(inHands))
    return { sql: mergeSources(sources, order), values: [tx.claimed.keysJson()], settles: [] };
  if (sources.size === 1 && only !== undefined)
    return { sql: `select key from ${only} and ${rangeOf(order)}`, values: [], settles: ["status"] };
  // A value that nothing uses keeps the places of those after it.
  return { sql: mergeSources(sources, order), values: [""], settles: ["status"] };
}

const inHands = "(select value as key from json_each(?1)) where 1";

function mergeSources(sources: ReadonlySet<string>, order: ListOrder): string {
  const direction = order === "newest" ? "desc" : "asc";
  const parts = Array.from(
    sources,
    (source) =>
      `select key from (select key from ${source} and key >= ?2 and key < ?3 order by key ${direction} limit ?4)`,
  );
  return `${parts.join(" union ")} order by key ${direction} limit ?4`;
}

function isFew(tx: Tx, table: "ready" | "held"): boolean {
  return (
    firstInt(tx.sql.built(`select count(*) from (select 1 from ${table} limit ${fewRuns + 1})`).get()) <=
    fewRuns
  );
}
