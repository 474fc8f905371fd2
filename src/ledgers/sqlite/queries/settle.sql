-- Ending claims. Fenced by the mirror of `claimed`, which only this transaction changes.

-- name: setHeldVersion
update held set version = ? where key = ?

-- name: setReadyVersion
update ready set version = ? where lane_id = ? and place = ? and key = ?

-- name: insertAttempt
insert into attempts (run_key, claim, attempt, worker_key, started_at_ms, ended_at_ms, ended_by, error)
values (?, ?, ?, ?, ?, ?, ?, ?)
