-- Keeping house: what is old enough, a bounded piece at a time, in the order of primary keys.

-- name: ended
select e.key, r.task_key, e.status, e.finished_at_ms
from ended e join runs r on r.key = e.key
where e.key > ? order by e.key limit ?

-- name: isAwaited
select 1 from dependencies where on_run_key = ?1 and on_run_key is not null
union all select 1 from referrals where of_run_key = ?1
union all select 1 from dedup_keys where run_key = ?1 limit 1

-- The newest ended run of a task, by index runs_by_task; live ones above it are few.
-- name: newestEnded
select r.key from runs r where r.task_key = ? and exists (select 1 from ended e where e.key = r.key)
order by r.key desc limit 1

-- name: occurrences
select task_key, scheduled_for_ms, decided_at_ms from occurrences
where (task_key, scheduled_for_ms) > (?, ?) order by task_key, scheduled_for_ms limit ?

-- name: deleteOccurrence
delete from occurrences where task_key = ? and scheduled_for_ms = ?
