-- One run for a key of its task; by the primary key, unless said otherwise.

-- name: find
select run_key, first_at_ms, until_ms from dedup_keys where task_key = ? and kind = ? and key_text = ?

-- name: keep
insert into dedup_keys (task_key, kind, key_text, run_key, first_at_ms, until_ms) values (?, ?, ?, ?, ?, ?)
on conflict (task_key, kind, key_text) do update
  set run_key = excluded.run_key, first_at_ms = excluded.first_at_ms, until_ms = excluded.until_ms

-- The run has ended; by index dedup_keys_by_run.
-- name: release
delete from dedup_keys where run_key = ? and until_ms is null

-- By index dedup_keys_over.
-- name: sweep
delete from dedup_keys where (task_key, kind, key_text) in
  (select task_key, kind, key_text from dedup_keys where until_ms < ? and until_ms is not null order by until_ms limit ?)

-- name: replaceBirth
update runs set revision = ?, lane_id = ?, place = ?, due_at_ms = ?, params = ?, extra = ? where key = ?
