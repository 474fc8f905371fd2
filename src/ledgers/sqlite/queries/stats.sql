-- What the statistics tell that no total holds.

-- The earliest instant of a clock's: `immediate` tasks have a moment too, until they are fired, but no instant (S1.77).
-- In order of index schedules_due, so that it stops at the first.
-- name: nextFire
select s.next_fire_at_ms from schedules s
cross join tasks t on t.key = s.task_key
cross join revisions v on v.task_key = t.key and v.revision = t.revision
where s.next_fire_at_ms is not null and json_extract(v.definition, '$.trigger.kind') <> 'immediate'
order by s.next_fire_at_ms
limit 1

-- One user's tasks by state and kind of trigger; by index tasks_by_user, grouped in a small table beside.
-- name: ofUser
select t.status, json_extract(v.definition, '$.trigger.kind') not in ('manual', 'immediate') as is_timed,
  count(*), sum(s.started_count), count(s.next_fire_at_ms), min(s.next_fire_at_ms)
from tasks t
join schedules s on s.task_key = t.key
join revisions v on v.task_key = t.key and v.revision = t.revision
where t.user_id = ? and t.user_id is not null and t.deleted_at_ms is null
group by 1, 2
