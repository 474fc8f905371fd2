-- Taking runs from the head of a queue.
--
-- Safe under two claimers: the store applies one transaction at a time and nobody else writes the file (SEM 34), so
-- what the head shows is taken before anybody looks again.

-- name: anyReady
select 1 from ready where lane_id = ? limit 1

-- The head of a lane in order of place; by the primary keys of ready and runs, no sort.
-- name: head
select y.key, r.task_key, r.revision, y.lane_id, y.place, r.due_at_ms, r.scheduled_for_ms, r.origin, r.extra,
  y.claim, y.attempt, y.recoveries, y.interruptions, y.version, y.flags, y.started_at_ms, r.params
from ready y
join runs r on r.key = y.key
where y.lane_id = ?
order by y.place, y.key
limit ?

-- The head was taken or parked as a whole, so one range delete removes it.
-- name: deleteHead
delete from ready where lane_id = ?1 and (place, key) <= (?2, ?3)

-- name: params
select params from runs where key = ?
