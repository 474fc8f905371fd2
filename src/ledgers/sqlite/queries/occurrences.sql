-- Occurrences of a task, newest first; by primary key.

-- name: page
select scheduled_for_ms, until_ms, count, due_at_ms, decision, reason, run_key, into_ms, into_run_key, decided_at_ms
from occurrences where task_key = ? and scheduled_for_ms < ? order by scheduled_for_ms desc limit ?
