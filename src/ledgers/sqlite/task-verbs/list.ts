// Lists of tasks: an index drives, the rest of the condition is judged by SQL, within a bound for each page.

import { every, oneOf, type Condition, type Scalar, type Test } from "../../../domain/filter/expression.ts";
import type { Key } from "../../../domain/ids.ts";
import type { Task } from "../../../domain/task.ts";
import type { ListOrder } from "../../../domain/filter/order.ts";
import type { Page } from "../../../ports/page.ts";
import type { TaskQuery } from "../../../ports/task-ledger.ts";
import { rangeOf, scanKeys, type Drive, type KeyScan } from "../reading/key-scan.ts";
import { buildCondition, type SqlCondition } from "../reading/list-query.ts";
import { mustPass, valuesOf } from "../reading/narrow.ts";
import { int } from "../row.ts";
import { toTask } from "../state/task-cache.ts";
import type { Tx } from "../state/tx.ts";
import { taskSubject } from "./task-fields.ts";

export function listTasks(tx: Tx, query: TaskQuery): Page<Task> {
  const { items, ...page } = listTaskKeys(tx, query);
  return { ...page, items: items.map((key) => toTask(tx.tasks.get(key))) };
}

export function listTaskKeys(tx: Tx, query: TaskQuery): Page<Key> {
  const plan = planTasks(query);
  const page = scanKeys(tx, {
    ...plan,
    judge: (keys, limit) => {
      const rows = tx.sql.asked(selectTasks(plan.rest)).all(JSON.stringify(keys), ...plan.rest.values, limit);
      return rows.map((row) => ({ key: int(row, 0) }));
    },
  });
  return { ...page, items: page.items.map(({ key }) => key) };
}

/** The short fields of a query say the same as a condition: this is the whole of it. */
function taskCondition(query: TaskQuery): Condition {
  const { userId, conversationId, status, type, priority, tag, text, where } = query;
  const parts: Condition[] = [];
  const among = (field: string, values: readonly (string | number)[] | undefined) => {
    if (values !== undefined) parts.push(oneOf(field, values));
  };
  among("userId", userId === undefined ? undefined : [userId]);
  among("conversationId", conversationId === undefined ? undefined : [conversationId]);
  among("status", status);
  among("type", type);
  among("priority", priority);
  among("tag", tag);
  if (text !== undefined) parts.push({ kind: "contains", field: "name", path: [], text });
  if (where !== undefined) parts.push(where);
  return every(parts);
}

interface TaskPlan extends Omit<KeyScan<{ readonly key: Key }>, "judge"> {
  readonly rest: SqlCondition;
}

export function planTasks(query: TaskQuery): TaskPlan {
  const { order = "newest", limit, after } = query;
  const condition = taskCondition(query);
  return {
    drive: chooseTaskDrive(mustPass(condition), order),
    order,
    limit,
    after,
    low: 0,
    high: Number.MAX_SAFE_INTEGER,
    passesAll: false,
    rest: buildCondition(condition, taskSubject),
  };
}

const drives = [
  ["userId", "user_id"],
  ["conversationId", "conversation_id"],
] as const;

function chooseTaskDrive(tests: readonly Test<Scalar>[], order: ListOrder): Drive {
  const ids = valuesOf(tests, "id");
  if (ids !== undefined) {
    const sql = `select key from tasks where key in (select value from json_each(?)) and ${rangeOf(order)}`;
    return { sql, values: [JSON.stringify(ids)] };
  }
  for (const [field, column] of drives) {
    const [owner, ...others] = valuesOf(tests, field) ?? [];
    if (typeof owner === "string" && others.length === 0)
      return { sql: `select key from tasks where ${column} = ? and ${rangeOf(order)}`, values: [owner] };
  }
  return { sql: `select key from tasks where ${rangeOf(order)}`, values: [] };
}

/** Judges the keys given as JSON, in their order: the cross join makes them the outer loop. */
export function selectTasks({ sql, joins }: SqlCondition): string {
  return `select t.key from json_each(?) k cross join tasks t on t.key = k.value
${joins.map((name) => taskSubject.joins[name]).join("\n")}
where t.deleted_at_ms is null and ${sql} limit ?`;
}
