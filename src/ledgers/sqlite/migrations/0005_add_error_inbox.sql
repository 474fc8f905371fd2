-- compatible from: 1
--
-- The error inbox. An older release adds nothing to it and leaves runs in it that it retries or deletes.

create table error_groups (
  id integer primary key,
  fingerprint text not null unique,
  user_id text,
  type text not null,
  code text not null,
  message text not null,
  frame text,
  status text not null check (status in ('open', 'resolved', 'muted')),
  count integer not null,
  waiting integer not null,
  first_seen_ms integer not null,
  last_seen_ms integer not null,
  -- Grows with each failure: the order of the list.
  rank integer not null unique
) strict;
create index error_groups_by_user on error_groups (user_id, rank) where user_id is not null;

-- Failed runs that nobody has retried or resolved.
create table error_runs (
  run_key integer primary key,
  group_id integer not null
) strict;
create index error_runs_by_group on error_runs (group_id, run_key);
