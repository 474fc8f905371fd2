// Lists of tasks, newest first: the narrowest index drives, the rest is filtered.

import type { Task } from "../../../domain/task.ts";
import type { Page } from "../../../ports/page.ts";
import type { TaskQuery } from "../../../ports/task-ledger.ts";
import { int, type SqlValue } from "../row.ts";
import { toTask } from "../state/task-cache.ts";
import type { Tx } from "../state/tx.ts";

export function listTasks(tx: Tx, query: TaskQuery): Page<Task> {
  const { sql, values } = taskListQuery(query);
  const rows = tx.sql.built(sql).all(...values, query.limit + 1);
  const items = rows.slice(0, query.limit).map((row) => toTask(tx.tasks.get(int(row, 0))));
  const last = items.at(-1);
  return rows.length > query.limit && last !== undefined ? { items, next: last.key } : { items };
}

/** The statement of a list; its shape depends only on which filters are given, so there are few. */
export function taskListQuery(query: TaskQuery): {
  readonly sql: string;
  readonly values: readonly SqlValue[];
} {
  const conditions = ["t.deleted_at_ms is null"];
  const values: SqlValue[] = [];
  const and = (condition: string, ...more: SqlValue[]) => {
    conditions.push(condition);
    values.push(...more);
  };
  if (query.userId !== undefined) and("t.user_id = ?", query.userId);
  if (query.conversationId !== undefined) and("t.conversation_id = ?", query.conversationId);
  if (query.status !== undefined)
    and("t.status in (select value from json_each(?))", JSON.stringify(query.status));
  if (query.type !== undefined) and("t.type in (select value from json_each(?))", JSON.stringify(query.type));
  if (query.priority !== undefined) {
    and("v.definition ->> '$.priority' in (select value from json_each(?))", JSON.stringify(query.priority));
  }
  if (query.tag !== undefined) {
    and(
      "exists (select 1 from json_each(v.definition, '$.tags') where value in (select value from json_each(?)))",
      JSON.stringify(query.tag),
    );
  }
  if (query.text !== undefined) {
    and(
      "(instr(lower(t.name), lower(?)) > 0 or instr(lower(coalesce(v.definition ->> '$.description', '')), lower(?)) > 0)",
      query.text,
      query.text,
    );
  }
  and("t.key < ?", query.after ?? Number.MAX_SAFE_INTEGER);
  const needsDefinition = [query.priority, query.tag, query.text].some((filter) => filter !== undefined);
  const join = needsDefinition ? "join revisions v on v.task_key = t.key and v.revision = t.revision " : "";
  return {
    sql: `select t.key from tasks t ${join}where ${conditions.join(" and ")} order by t.key desc limit ?`,
    values,
  };
}
