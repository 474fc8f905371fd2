-- Tasks, their schedules and definitions. Only the store writes them, in its transaction.

-- The columns of state/task-cache.ts. By primary keys.
-- name: header
select t.key, t.revision, t.status, t.paused_by, t.anchor_ms, t.created_at_ms, t.updated_at_ms, t.deleted_at_ms,
  s.decided_through_ms, s.next_fire_at_ms, s.kept_fire_at_ms, s.started_count, v.definition, t.is_tracked
from tasks t
join schedules s on s.task_key = t.key
join revisions v on v.task_key = t.key and v.revision = t.revision
where t.key = ?

-- name: definitionAt
select definition from revisions where task_key = ? and revision = ?

-- name: revisions
select revision, definition, created_at_ms from revisions where task_key = ? and revision < ?
order by revision desc limit ?

-- name: insertRevision
insert into revisions (task_key, revision, definition, created_at_ms) values (?, ?, ?, ?)

-- By index tasks_by_external_id.
-- name: byExternalId
select key from tasks
where coalesce(user_id, '') = ? and external_id = ? and external_id is not null and deleted_at_ms is null

-- name: setStatus
update tasks set status = ?, paused_by = ?, resume_at_ms = ?, updated_at_ms = ? where key = ?

-- name: remove
update tasks set status = 'cancelled', paused_by = null, resume_at_ms = null, updated_at_ms = ?1, deleted_at_ms = ?1
where key = ?2

-- name: edit
update tasks set revision = ?, status = ?, user_id = ?, external_id = ?, conversation_id = ?, name = ?, type = ?,
  anchor_ms = ?, updated_at_ms = ?
where key = ?

-- The compare-and-set on the cursor (SEM 13); status and revision were compared by the caller in this transaction.
-- name: moveCursor
update schedules set decided_through_ms = ?, next_fire_at_ms = ?, started_count = ?
where task_key = ? and decided_through_ms = ?

-- name: setSchedule
update schedules set decided_through_ms = ?, next_fire_at_ms = ?, kept_fire_at_ms = ?, started_count = ?, is_chained = ?
where task_key = ?

-- name: setNextFire
update schedules set next_fire_at_ms = ?, kept_fire_at_ms = ? where task_key = ?

-- Active tasks whose instant comes due, soonest first; by index schedules_due, which paused and ended tasks are not in.
-- name: due
select t.key, t.revision, t.status, t.paused_by, t.anchor_ms, t.created_at_ms, t.updated_at_ms, t.deleted_at_ms,
  s.decided_through_ms, s.next_fire_at_ms, s.kept_fire_at_ms, s.started_count, v.definition, t.is_tracked
from schedules s
cross join tasks t on t.key = s.task_key
join revisions v on v.task_key = t.key and v.revision = t.revision
where s.next_fire_at_ms <= ? and s.next_fire_at_ms is not null
order by s.next_fire_at_ms, s.task_key
limit ?

-- name: nextFireAt
select min(at_ms) from (
  select * from (select next_fire_at_ms as at_ms from schedules where next_fire_at_ms is not null order by next_fire_at_ms limit 1)
  union all
  select * from (select resume_at_ms from tasks where resume_at_ms is not null order by resume_at_ms limit 1)
)

-- Fixed-delay tasks without an instant, by index schedules_chained; live ones are only waiting for their run.
-- name: stranded
select s.task_key from schedules s
where s.is_chained = 1 and s.next_fire_at_ms is null
  and exists (select 1 from tasks t where t.key = s.task_key and t.status = 'active' and t.deleted_at_ms is null)
  and not exists (select 1 from live l where l.task_key = s.task_key)
order by s.task_key
limit ?

-- By index tasks_to_resume.
-- name: toResume
select key from tasks where resume_at_ms <= ? and resume_at_ms is not null order by resume_at_ms limit ?

-- name: lastKey
select coalesce(max(key), 0) from tasks

-- name: setChained
update schedules set is_chained = ? where task_key = ?


-- name: setTracked
update tasks set is_tracked = 1 where key = ?
