-- Run timers: clustered by time, so that what comes due lies together.

-- name: insert
insert into run_timers (at_ms, run_key, kind) values (?, ?, ?) on conflict do nothing

-- name: delete
delete from run_timers where at_ms = ? and run_key = ? and kind = ?

-- The runs of the last parameter are left out: their timers could not be written.
-- name: due
select at_ms, run_key, kind from run_timers
where at_ms <= ? and run_key not in (select value from json_each(?)) order by at_ms, run_key, kind limit ?

-- name: next
select at_ms from run_timers where run_key not in (select value from json_each(?)) order by at_ms limit 1
