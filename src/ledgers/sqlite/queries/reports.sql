-- What runs report about themselves, and how they ended; by primary keys.

-- name: progress
select progress from run_reports where run_key = ?

-- name: end
select finished_at_ms, result from ended where key = ?

-- name: sizes
select log_bytes, log_count, output_bytes, output_count from run_reports where run_key = ?

-- name: setSizes
insert into run_reports (run_key, log_bytes, log_count, output_bytes, output_count) values (?, ?, ?, ?, ?)
on conflict (run_key) do update set log_bytes = excluded.log_bytes, log_count = excluded.log_count,
  output_bytes = excluded.output_bytes, output_count = excluded.output_count

-- name: setProgress
insert into run_reports (run_key, progress) values (?, ?)
on conflict (run_key) do update set progress = excluded.progress

-- name: insertLog
insert into run_logs (run_key, position, claim, at_ms, level, message, fields) values (?, ?, ?, ?, ?, ?, ?)

-- name: logs
select position, claim, at_ms, level, message, fields from run_logs
where run_key = ? and position > ? order by position limit ?

-- name: insertOutput
insert into run_output (run_key, position, chunk) values (?, ?, ?)

-- name: output
select position, chunk from run_output where run_key = ? and position > ? order by position limit ?

-- The first result of a step stands: a repeat of the same step is harmless.
-- name: saveStep
insert into steps (run_key, name, position, result)
values (?1, ?2, (select count(*) from steps where run_key = ?1), ?3) on conflict do nothing

-- name: steps
select name, result from steps where run_key = ? order by position

-- name: attempts
select claim, attempt, worker_key, started_at_ms, ended_at_ms, ended_by, error from attempts where run_key = ? order by claim
