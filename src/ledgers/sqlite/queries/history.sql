-- A run's own events, as far as they do not follow from its rows; by primary key.

-- name: insert
insert into history (run_key, seq, at_ms, type, data) values (?, ?, ?, ?, ?)

-- name: ofRun
select seq, at_ms, type, data from history where run_key = ? order by seq
