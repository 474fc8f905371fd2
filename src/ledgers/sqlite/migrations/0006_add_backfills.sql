-- compatible from: 1
--
-- Backfills (SEM 15). An older release makes no more runs of them and does not count those that end.

create table backfills (
  key integer primary key,
  task_key integer not null,
  status text not null check (status in ('running', 'completed', 'cancelled')),
  -- JSON of what it was asked for; never changes.
  plan text not null,
  cursor_ms integer not null,
  is_made integer not null default 0,
  created integer not null default 0,
  live integer not null default 0,
  completed integer not null default 0,
  failed integer not null default 0,
  cancelled integer not null default 0,
  created_at_ms integer not null,
  finished_at_ms integer
) strict;
create index backfills_by_task on backfills (task_key, key);
create index backfills_unfinished on backfills (key) where is_made = 0;

-- Live runs of a backfill.
create table backfill_runs (
  backfill_key integer not null,
  run_key integer not null,
  primary key (backfill_key, run_key)
) strict, without rowid;
