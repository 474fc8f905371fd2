-- Backfills: their plans, cursors and counts.

-- name: lastKey
select coalesce(max(key), 0) from backfills

-- name: insert
insert into backfills (key, task_key, status, plan, cursor_ms, created_at_ms) values (?, ?, 'running', ?, ?, ?)

-- name: get
select key, status, plan, cursor_ms, created, live, completed, failed, cancelled, created_at_ms, finished_at_ms, is_made
from backfills where key = ?

-- name: ofTask
select key, status, plan, cursor_ms, created, live, completed, failed, cancelled, created_at_ms, finished_at_ms, is_made
from backfills where task_key = ? and key < ? order by key desc limit ?

-- By index backfills_unfinished.
-- name: unfinished
select key, status, plan, cursor_ms, created, live, completed, failed, cancelled, created_at_ms, finished_at_ms, is_made
from backfills where is_made = 0 order by key limit ?

-- name: addRun
insert into backfill_runs (backfill_key, run_key) values (?, ?)

-- name: dropRun
delete from backfill_runs where backfill_key = ? and run_key = ?

-- name: runs
select run_key from backfill_runs where backfill_key = ? order by run_key

-- name: advance
update backfills set cursor_ms = ?, is_made = ?, created = created + ?, live = live + ? where key = ?

-- name: runEnded
update backfills set live = live - 1, completed = completed + ?, failed = failed + ?, cancelled = cancelled + ?
where key = ?

-- name: finish
update backfills set status = 'completed', finished_at_ms = ?
where key = ? and status = 'running' and is_made = 1 and live = 0

-- name: cancel
update backfills set status = 'cancelled', is_made = 1, finished_at_ms = ? where key = ? and status = 'running'

-- Over, and older than runs are kept; from the oldest on.
-- name: sweep
delete from backfills where key in
  (select key from backfills where key < ? and live = 0 and status <> 'running' order by key limit ?)
