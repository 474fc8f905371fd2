-- Webhooks, and the messages that are to be sent to them.
-- compatible from: 1

create table webhooks (
  key integer primary key,
  user_id text,
  definition text not null,
  secrets text not null,
  status text not null check (status in ('active', 'paused', 'disabled')),
  disabled_reason text,
  failing_since_ms integer,
  from_position integer not null,
  created_at_ms integer not null,
  updated_at_ms integer not null,
  check ((status = 'disabled') = (disabled_reason is not null))
) strict;
create index webhooks_active on webhooks (key) where status = 'active';
create index webhooks_by_user on webhooks (user_id, key) where user_id is not null;

-- A message waits while next_attempt_at_ms is set; keys grow with the order of the feed.
create table webhook_deliveries (
  key integer primary key,
  webhook_key integer not null,
  type text not null,
  position integer,
  payload text not null,
  status text not null check (status in ('pending', 'delivered', 'failed')),
  attempts text not null default '[]',
  tries integer not null default 0,
  next_attempt_at_ms integer,
  created_at_ms integer not null,
  ended_at_ms integer,
  check ((status = 'pending') = (ended_at_ms is null)),
  check (status = 'pending' or next_attempt_at_ms is null)
) strict;
create index webhook_deliveries_due on webhook_deliveries (webhook_key, next_attempt_at_ms, key)
  where next_attempt_at_ms is not null;
create index webhook_deliveries_by_webhook on webhook_deliveries (webhook_key, key);
create index webhook_deliveries_by_status on webhook_deliveries (webhook_key, status, key);
create index webhook_deliveries_ended on webhook_deliveries (ended_at_ms) where ended_at_ms is not null;
