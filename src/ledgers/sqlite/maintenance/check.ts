// Looks for contradictions in the stored data, one sentence each.

import { int, text } from "../row.ts";
import type { Tx } from "../state/tx.ts";

interface Rule {
  readonly sql: string;
  readonly says: (count: number) => string;
}

/** Each query counts what must not exist; a parameter is the keys of claimed runs that have no row of their own. */
const rules: readonly Rule[] = [
  {
    sql: `select count(*) from runs r where
      (select count(*) from ready y where y.lane_id = r.lane_id and y.place = r.place and y.key = r.key)
      + (select count(*) from held h where h.key = r.key) + (select count(*) from claimed c where c.key = r.key)
      + (select count(*) from ended e where e.key = r.key) + (r.key in (select value from json_each(?))) <> 1`,
    says: (count) => `${count} runs are not in exactly one state`,
  },
  {
    sql: "select (select count(*) from ready) + (select count(*) from held) + (select count(*) from claimed) + (select count(*) from ended) + json_array_length(?) - (select count(*) from runs)",
    says: (count) => `${count} state rows have no run`,
  },
  {
    sql: "select count(*) from runs r where not exists (select 1 from tasks t where t.key = r.task_key)",
    says: (count) => `${count} runs have no task`,
  },
  {
    sql: "select count(*) from tasks t where not exists (select 1 from schedules s where s.task_key = t.key)",
    says: (count) => `${count} tasks have no schedule row`,
  },
  {
    sql: "select count(*) from live l where exists (select 1 from ended e where e.key = l.run_key) or not exists (select 1 from runs r where r.key = l.run_key)",
    says: (count) => `${count} ended runs are listed as live`,
  },
  {
    sql: `select count(*) from runs r join tasks t on t.key = r.task_key where t.is_tracked = 1
      and not exists (select 1 from ended e where e.key = r.key) and not exists (select 1 from live l where l.task_key = r.task_key and l.is_waiting in (0, 1) and l.run_key = r.key)`,
    says: (count) => `${count} live runs of tracked tasks are not listed as live`,
  },
  {
    sql: "select count(*) from dependencies d where exists (select 1 from ended e where e.key = d.run_key)",
    says: (count) => `${count} ended runs still wait for others`,
  },
  {
    sql: `select count(*) from dedup_keys d where not exists (select 1 from runs r where r.key = d.run_key)
      or d.until_ms is null and exists (select 1 from ended e where e.key = d.run_key)`,
    says: (count) => `${count} ended runs still hold a key`,
  },
  {
    sql: `select count(*) from error_groups g where g.waiting <> (select count(*) from error_runs e where e.group_id = g.id)`,
    says: (count) => `${count} groups of the error inbox count other runs than they have`,
  },
  {
    sql: `select count(*) from backfills b where b.created <> b.live + b.completed + b.failed + b.cancelled
      or b.live <> (select count(*) from backfill_runs r where r.backfill_key = b.key)`,
    says: (count) => `${count} backfills count other runs than they have`,
  },
];

export function check(tx: Tx): readonly string[] {
  const problems = tx.sql
    .built("pragma quick_check")
    .all()
    .map((row) => text(row, 0))
    .filter((line) => line !== "ok");
  const batched = tx.claimed.listedJson();
  for (const { sql, says } of rules) {
    const row = tx.sql.built(sql).get(...(sql.includes("?") ? [batched] : []));
    const count = row === undefined ? 0 : int(row, 0);
    if (count !== 0) problems.push(says(count));
  }
  return [...problems, ...wrongTotals(tx)];
}

function wrongTotals(tx: Tx): readonly string[] {
  const rows = tx.sql
    .built(
      `with kinds as (
        select t.status, s.started_count, s.next_fire_at_ms,
          json_extract(v.definition, '$.trigger.kind') not in ('manual', 'immediate') as is_timed
        from tasks t join schedules s on s.task_key = t.key
        join revisions v on v.task_key = t.key and v.revision = t.revision where t.deleted_at_ms is null),
      counted(name, count) as (
        select 'ready/' || l.queue_id, count(*) from ready y join lanes l on l.id = y.lane_id group by 1
        union all select 'held/' || h.status || '/' || l.queue_id, count(*) from held h join lanes l on l.id = h.lane_id group by 1
        union all select 'ended/' || status, count(*) from ended group by 1
        union all select 'tasks/' || status || iif(is_timed, '/timed', '/other'), count(*) from kinds group by 1
        union all select 'tasks/started', sum(started_count) from kinds where is_timed
        union all select 'tasks/upcoming', count(next_fire_at_ms) from kinds where is_timed and status = 'active')
      select coalesce(c.name, t.name), coalesce(c.count, 0), coalesce(t.count, 0)
      from counted c full join (select * from totals where name not like 'live/%') t on t.name = c.name
      where coalesce(c.count, 0) <> coalesce(t.count, 0)`,
    )
    .all();
  return rows.map((row) => `the total ${text(row, 0)} is ${int(row, 2)} and should be ${int(row, 1)}`);
}
