-- Webhooks and their messages. Only the store writes them, in its transaction.

-- name: lastKey
select key from webhooks order by key desc limit 1

-- name: insert
insert into webhooks (key, user_id, definition, secrets, status, from_position, created_at_ms, updated_at_ms)
values (?1, ?2, ?3, ?4, 'active', ?5, ?6, ?6)

-- name: update
update webhooks set user_id = ?, definition = ?, secrets = ?, status = ?, disabled_reason = ?, failing_since_ms = ?,
  from_position = ?, updated_at_ms = ? where key = ?

-- name: delete
delete from webhooks where key = ?

-- name: deleteDeliveries
delete from webhook_deliveries where webhook_key = ?

-- name: get
select key, definition, secrets, status, disabled_reason, failing_since_ms, from_position, created_at_ms, updated_at_ms
from webhooks where key = ?

-- name: list
select key, definition, secrets, status, disabled_reason, failing_since_ms, from_position, created_at_ms, updated_at_ms
from webhooks where key < ? order by key desc limit ?

-- name: listOfUser
select key, definition, secrets, status, disabled_reason, failing_since_ms, from_position, created_at_ms, updated_at_ms
from webhooks where user_id = ? and key < ? order by key desc limit ?

-- name: active
select key, definition, secrets, status, disabled_reason, failing_since_ms, from_position, created_at_ms, updated_at_ms
from webhooks where status = 'active' order by key

-- name: firstPosition
select min(from_position) from webhooks where status = 'active'

-- name: lastDeliveryKey
select key from webhook_deliveries order by key desc limit 1

-- name: insertDelivery
insert into webhook_deliveries (key, webhook_key, type, position, payload, status, next_attempt_at_ms, created_at_ms)
values (?, ?, ?, ?, ?, 'pending', ?, ?)

-- name: delivery
select key, webhook_key, type, position, payload, status, attempts, tries, next_attempt_at_ms, created_at_ms, ended_at_ms
from webhook_deliveries where key = ?

-- By index webhook_deliveries_due: what is due first comes first, and of one moment in the order of the feed.
-- name: due
select key, webhook_key, type, position, payload, status, attempts, tries, next_attempt_at_ms, created_at_ms, ended_at_ms
from webhook_deliveries where webhook_key = ? and next_attempt_at_ms <= ? order by next_attempt_at_ms, key limit ?

-- name: nextDue
select next_attempt_at_ms from webhook_deliveries
where webhook_key = ? and next_attempt_at_ms > ? order by next_attempt_at_ms limit 1

-- name: deliveries
select key, webhook_key, type, position, payload, status, attempts, tries, next_attempt_at_ms, created_at_ms, ended_at_ms
from webhook_deliveries where webhook_key = ? and key < ? order by key desc limit ?

-- name: deliveriesByStatus
select key, webhook_key, type, position, payload, status, attempts, tries, next_attempt_at_ms, created_at_ms, ended_at_ms
from webhook_deliveries where webhook_key = ? and status = ? and key < ? order by key desc limit ?

-- name: updateDelivery
update webhook_deliveries set status = ?, attempts = ?, tries = ?, next_attempt_at_ms = ?, ended_at_ms = ? where key = ?

-- name: failPending
update webhook_deliveries set status = 'failed', next_attempt_at_ms = null, ended_at_ms = ?
where webhook_key = ? and status = 'pending'

-- name: sweepDeliveries
delete from webhook_deliveries where key in (
  select key from webhook_deliveries where ended_at_ms < ? order by ended_at_ms limit ?)
