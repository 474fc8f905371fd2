-- compatible from: 1
--
-- One run for a key (SEM 29). An older release leaves rows of ended runs behind, which mean nothing.
--
-- `replace-pending` and `debounce` are the one thing that changes a row of `runs`: while its run has not begun.

create table dedup_keys (
  task_key integer not null,
  kind text not null check (kind in ('dedup', 'debounce')),
  key_text text not null,
  run_key integer not null,
  first_at_ms integer not null,
  -- Null: until the run has ended.
  until_ms integer,
  primary key (task_key, kind, key_text)
) strict, without rowid;
create index dedup_keys_by_run on dedup_keys (run_key);
create index dedup_keys_over on dedup_keys (until_ms) where until_ms is not null;
