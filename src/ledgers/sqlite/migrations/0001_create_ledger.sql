-- The ledger's first schema.
--
-- Integers are keys, times are milliseconds since the epoch. A run is one birth row in `runs` that never changes and
-- one state row that lies in exactly one of `ready`, `held`, `claimed` and `ended`: the table it lies in is its phase,
-- and moving is delete + insert. On a deep backlog that writes 198 bytes a run where updating one row writes 4,142.

create table meta (
  name text primary key,
  value any not null
) strict, without rowid;

create table tasks (
  key integer primary key,
  revision integer not null check (revision >= 1),
  status text not null check (status in ('active', 'paused', 'completed', 'cancelled')),
  user_id text,
  external_id text,
  conversation_id text,
  name text not null,
  type text not null,
  paused_by text,
  resume_at_ms integer,
  anchor_ms integer not null,
  -- Its live runs are listed in `live`; once true it stays so.
  is_tracked integer not null,
  created_at_ms integer not null,
  updated_at_ms integer not null,
  deleted_at_ms integer,
  check (status = 'paused' or (paused_by is null and resume_at_ms is null))
) strict;
create unique index tasks_by_external_id on tasks (coalesce(user_id, ''), external_id)
  where external_id is not null and deleted_at_ms is null;
create index tasks_by_user on tasks (user_id, key) where user_id is not null;
create index tasks_by_conversation on tasks (conversation_id, key) where conversation_id is not null;
create index tasks_to_resume on tasks (resume_at_ms) where resume_at_ms is not null;

-- Every definition a task ever had; the present one is that of tasks.revision. Rows never change.
create table revisions (
  task_key integer not null,
  revision integer not null,
  definition text not null,
  created_at_ms integer not null,
  primary key (task_key, revision)
) strict, without rowid;

-- Narrow, so that a firing touches no wide row. kept_fire_at_ms is where next_fire_at_ms waits while the task is
-- paused. is_chained: the next instant follows from the end of a run (fixed delay).
create table schedules (
  task_key integer primary key,
  decided_through_ms integer not null,
  next_fire_at_ms integer,
  kept_fire_at_ms integer,
  started_count integer not null default 0,
  is_chained integer not null default 0,
  check (next_fire_at_ms is null or kept_fire_at_ms is null)
) strict;
create index schedules_due on schedules (next_fire_at_ms, task_key) where next_fire_at_ms is not null;
create index schedules_chained on schedules (task_key) where is_chained = 1 and next_fire_at_ms is null;

create table occurrences (
  task_key integer not null,
  scheduled_for_ms integer not null,
  until_ms integer,
  count integer,
  due_at_ms integer not null,
  decision text not null check (decision in ('started', 'coalesced', 'skipped', 'missed', 'dropped')),
  reason text,
  run_key integer,
  into_ms integer,
  into_run_key integer,
  decided_at_ms integer not null,
  primary key (task_key, scheduled_for_ms),
  check ((decision = 'started') = (run_key is not null))
) strict, without rowid;

create table queues (
  id integer primary key,
  name text not null unique,
  config text not null default '{}',
  paused_by text
) strict;

-- A lane is a queue, or one concurrency key of a queue. served_at orders the keys in turn: 1,000 steps a millisecond.
create table lanes (
  id integer primary key,
  queue_id integer not null,
  key_text text not null,
  served_at integer not null default 0,
  is_waiting integer not null default 0,
  unique (queue_id, key_text)
) strict;
create index lanes_in_turn on lanes (queue_id, served_at, id) where is_waiting = 1;

create table runs (
  key integer primary key,
  task_key integer not null,
  revision integer not null,
  lane_id integer not null,
  place integer not null,
  due_at_ms integer not null,
  scheduled_for_ms integer,
  origin integer not null,
  params text,
  extra text
) strict;
create index runs_by_task on runs (task_key, key);

create table ready (
  lane_id integer not null,
  place integer not null,
  key integer not null,
  claim integer not null,
  attempt integer not null,
  recoveries integer not null,
  interruptions integer not null,
  version integer not null,
  flags integer not null,
  started_at_ms integer,
  primary key (lane_id, place, key)
) strict, without rowid;

create table held (
  key integer primary key,
  task_key integer not null,
  lane_id integer not null,
  place integer not null,
  status text not null check (status in ('blocked', 'pending', 'waiting', 'retrying', 'paused')),
  claim integer not null,
  attempt integer not null,
  recoveries integer not null,
  interruptions integer not null,
  version integer not null,
  flags integer not null,
  started_at_ms integer,
  due_at_ms integer,
  answer_by_ms integer,
  resume_at_ms integer,
  parked_on text,
  paused_from text,
  paused_by text,
  clocks text,
  wait text,
  check ((status = 'paused') = (paused_from is not null)),
  check (parked_on is null or status = 'pending')
) strict;
create index held_parked on held (parked_on, place, key) where parked_on is not null;
create index held_by_status on held (status, key) where status <> 'pending';

-- First claims of runs to whom nothing else has happened, a row for each batch that was taken: with a row
-- for each run, written and deleted again, a drain took 9.5 µs of CPU a run instead of 7.6. A key that lies in another state table is no longer claimed by
-- its batch; the batch goes when none of its runs is.
create table claim_batches (
  id integer primary key,
  worker_key integer not null,
  claimed_at_ms integer not null,
  run_keys text not null
) strict;

-- All other claims. No secondary index: there are never more rows than workers have slots.
create table claimed (
  key integer primary key,
  worker_key integer not null,
  task_key integer not null,
  lane_id integer not null,
  status text not null check (status in ('running', 'cancelling', 'paused')),
  claim integer not null check (claim >= 1),
  attempt integer not null check (attempt >= 1),
  recoveries integer not null,
  interruptions integer not null,
  version integer not null,
  flags integer not null,
  claimed_at_ms integer not null,
  started_at_ms integer not null,
  cancel text,
  pause_wanted text,
  clocks text,
  check (status <> 'cancelling' or cancel is not null),
  check (status <> 'paused' or pause_wanted is not null)
) strict;

-- Rows never change.
create table ended (
  key integer primary key,
  -- The usual end is compared first: to look it up in the list took half the time of the insert.
  status text not null check (status = 'completed' or status in ('failed', 'cancelled', 'timed_out', 'skipped')),
  claim integer not null,
  attempt integer not null,
  recoveries integer not null,
  interruptions integer not null,
  version integer not null,
  worker_key integer,
  started_at_ms integer,
  finished_at_ms integer not null,
  result text,
  cancel text
) strict;
create index ended_by_status on ended (status, key) where status <> 'completed';

-- Live runs of the tasks whose settling must look at the task. is_waiting: stands in the line of its overlap policy.
create table live (
  task_key integer not null,
  is_waiting integer not null,
  run_key integer not null,
  primary key (task_key, is_waiting, run_key)
) strict, without rowid;

create table run_timers (
  at_ms integer not null,
  run_key integer not null,
  kind integer not null,
  primary key (at_ms, run_key, kind)
) strict, without rowid;

-- What a blocked run waits for; a null run is "the first to come" of that task.
create table dependencies (
  run_key integer not null,
  task_key integer not null,
  on_run_key integer,
  primary key (run_key, task_key)
) strict, without rowid;
create index dependencies_on_run on dependencies (on_run_key) where on_run_key is not null;
create index dependencies_on_task on dependencies (task_key);

-- Ended runs that live runs were made from; retention leaves them.
create table referrals (
  of_run_key integer not null,
  run_key integer not null,
  primary key (of_run_key, run_key)
) strict, without rowid;

-- Rare things of a live run that change: what it resumes with, early signals, moved clocks, more attempts.
create table memos (
  run_key integer primary key,
  memo text not null
) strict;

create table steps (
  run_key integer not null,
  name text not null,
  position integer not null,
  result text not null,
  primary key (run_key, name)
) strict, without rowid;

create table run_logs (
  run_key integer not null,
  position integer not null,
  claim integer not null,
  at_ms integer not null,
  level text not null,
  message text not null,
  fields text,
  primary key (run_key, position)
) strict, without rowid;

create table run_output (
  run_key integer not null,
  position integer not null,
  chunk text not null,
  primary key (run_key, position)
) strict, without rowid;

-- One row for a run that reported anything: its progress, and how much of log and output is kept.
create table run_reports (
  run_key integer primary key,
  progress text,
  log_bytes integer not null default 0,
  log_count integer not null default 0,
  output_bytes integer not null default 0,
  output_count integer not null default 0
) strict;

-- Claims that did not simply end their run on the first try; those are read from the state row.
create table attempts (
  run_key integer not null,
  claim integer not null,
  attempt integer not null,
  worker_key integer not null,
  started_at_ms integer not null,
  ended_at_ms integer not null,
  ended_by text not null,
  error text,
  primary key (run_key, claim)
) strict, without rowid;

-- Events of a run that do not follow from its rows; see reading/history.ts.
create table history (
  run_key integer not null,
  seq integer not null,
  at_ms integer not null,
  type text not null,
  data text,
  primary key (run_key, seq)
) strict, without rowid;

-- The feed: one packed row for each commit, keyed by the position of its first event.
create table journal (
  position integer primary key,
  at_ms integer not null,
  events text not null
) strict;

create table rate_claims (
  queue_id integer not null,
  at_ms integer not null,
  count integer not null,
  primary key (queue_id, at_ms)
) strict, without rowid;

create table workers (
  key integer primary key,
  name text not null,
  pid integer not null,
  queues text not null,
  types text not null,
  concurrency integer not null,
  started_at_ms integer not null,
  lease_until_ms integer not null,
  status text not null check (status in ('live', 'gone'))
) strict;

create table executors (
  type text primary key,
  info text not null
) strict, without rowid;

create table roles (
  role text primary key,
  holder integer not null,
  until_ms integer not null
) strict, without rowid;

-- How many runs are in each state, for lists and charts only: limits are never judged by it.
create table totals (
  name text primary key,
  count integer not null
) strict, without rowid;
