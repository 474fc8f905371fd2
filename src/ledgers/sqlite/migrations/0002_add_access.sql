-- Who may come in, what they did, and what was answered to calls that may be made twice.
-- compatible from: 1

-- A key's secret is kept as its SHA-256 only: 256 random bits need no slow hash.
create table api_keys (
  key integer primary key,
  lookup text not null unique,
  digest text not null,
  name text not null,
  role text not null check (role in ('viewer', 'operator', 'admin')),
  user_id text,
  scopes text,
  created_at_ms integer not null,
  created_by text not null,
  expires_at_ms integer,
  revoked_at_ms integer,
  revoked_by text,
  last_used_at_ms integer,
  check ((revoked_at_ms is null) = (revoked_by is null))
) strict;

create table sessions (
  digest text primary key,
  key integer not null,
  created_at_ms integer not null,
  expires_at_ms integer not null
) strict, without rowid;
create index sessions_by_key on sessions (key);
create index sessions_by_end on sessions (expires_at_ms);

-- Keyed by time, as runs are: a stretch of time is a range of keys. Rows never change.
create table audit (
  key integer primary key,
  actor text not null,
  api_key integer,
  operation text not null,
  target text,
  outcome text not null,
  request_id text,
  address text
) strict;
create index audit_by_actor on audit (actor, key);
create index audit_by_operation on audit (operation, key);
create index audit_by_target on audit (target, key) where target is not null;

-- One row for each writing verb of a call under an idempotency key, written in that verb's transaction; once there is
-- an answer of the whole call, its row (step '') stands instead of them.
create table remembered_calls (
  scope text not null,
  call_key text not null,
  step text not null,
  digest text not null,
  reply text not null,
  at_ms integer not null,
  primary key (scope, call_key, step)
) strict, without rowid;
create index remembered_calls_by_age on remembered_calls (at_ms);
