-- Queues, and their lanes: who is served next. Only the store writes them, in its transaction.

-- name: insert
insert into queues (name) values (?)

-- name: byName
select id, name, config, paused_by from queues where name = ?

-- name: byId
select id, name, config, paused_by from queues where id = ?

-- name: all
select id, name, config, paused_by from queues order by name

-- name: update
update queues set config = ?, paused_by = ? where id = ?

-- name: laneById
select id, queue_id, key_text, served_at, is_waiting from lanes where id = ?

-- name: laneByKey
select id, queue_id, key_text, served_at, is_waiting from lanes where queue_id = ? and key_text = ?

-- name: insertLane
insert into lanes (queue_id, key_text, served_at) values (?, ?, ?) on conflict do nothing

-- The lane served longest ago; by index lanes_in_turn.
-- name: nextInTurn
select id from lanes where queue_id = ? and is_waiting = 1 order by served_at, id limit 1

-- name: setTurn
update lanes set served_at = ?, is_waiting = ? where id = ?

-- name: hasTurns
select 1 from lanes where queue_id = ? and is_waiting = 1 limit 1

-- name: pruneRate
delete from rate_claims where queue_id = ? and at_ms <= ?

-- name: rates
select at_ms, count from rate_claims where queue_id = ? order by at_ms

-- name: countRate
insert into rate_claims (queue_id, at_ms, count) values (?, ?, ?)
on conflict (queue_id, at_ms) do update set count = count + excluded.count

-- Keys of a queue under whose limit runs are parked; once per change of limits.
-- name: keyLimits
select distinct h.parked_on from held h join lanes l on l.id = h.lane_id
where h.parked_on >= 'key-limit:' and h.parked_on < 'key-limit;' and h.parked_on is not null and l.queue_id = ?
