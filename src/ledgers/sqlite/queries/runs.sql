-- A run's rows: birth, state, memo. The store applies one transaction at a time, so a row read in it stays as read.

-- name: lastKey
select max(coalesce((select max(key) from runs), 0), coalesce((select value from meta where name = 'last_run_key'), 0))

-- The columns of state/locate.ts; the run lies in exactly one of the four. All by primary key.
-- name: locate
select r.key, r.task_key, r.revision, r.lane_id, r.place, r.due_at_ms, r.scheduled_for_ms, r.origin, r.extra,
  h.status, h.claim, h.attempt, h.recoveries, h.interruptions, h.version, h.flags, h.started_at_ms,
  h.due_at_ms, h.answer_by_ms, h.resume_at_ms, h.parked_on, h.paused_from, h.paused_by, h.clocks, h.wait,
  y.claim, y.attempt, y.recoveries, y.interruptions, y.version, y.flags, y.started_at_ms,
  e.status, e.claim, e.attempt, e.recoveries, e.interruptions, e.version, e.worker_key, e.started_at_ms, e.cancel
from runs r
left join held h on h.key = r.key
left join ready y on y.lane_id = r.lane_id and y.place = r.place and y.key = r.key
left join ended e on e.key = r.key
where r.key = ?

-- name: claimedAll
select r.key, r.task_key, r.revision, r.lane_id, r.place, r.due_at_ms, r.scheduled_for_ms, r.origin, r.extra,
  c.worker_key, c.status, c.claim, c.attempt, c.recoveries, c.interruptions, c.version, c.flags, c.claimed_at_ms,
  c.started_at_ms, c.cancel, c.pause_wanted, c.clocks
from claimed c
join runs r on r.key = c.key

-- name: birth
select key, task_key, revision, lane_id, place, due_at_ms, scheduled_for_ms, origin, extra from runs where key = ?

-- Claimed runs that have no row of their own: listed in a batch and in no state table.
-- name: batchedAll
select r.key, r.task_key, r.lane_id, r.origin, b.worker_key, b.claimed_at_ms, b.id
from claim_batches b
join json_each(b.run_keys) j
join runs r on r.key = j.value
where not exists (select 1 from ready y where y.lane_id = r.lane_id and y.place = r.place and y.key = r.key)
  and not exists (select 1 from held h where h.key = r.key)
  and not exists (select 1 from claimed c where c.key = r.key)
  and not exists (select 1 from ended e where e.key = r.key)

-- name: lastBatch
select coalesce(max(id), 0) from claim_batches

-- name: insertBatch
insert into claim_batches (id, worker_key, claimed_at_ms, run_keys) values (?, ?, ?, ?)

-- name: deleteBatch
delete from claim_batches where id = ?

-- name: insertReady
insert into ready (lane_id, place, key, claim, attempt, recoveries, interruptions, version, flags, started_at_ms)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- Runs just born, ready at once: version 1, and the flag that their next claim is a new attempt. By their births' primary
-- key; nobody else has keys between the first and the last.
-- name: makeReady
insert into ready (lane_id, place, key, claim, attempt, recoveries, interruptions, version, flags)
select lane_id, place, key, 0, 0, 0, 0, 1, 1 from runs where key between ? and ?

-- name: deleteReady
delete from ready where lane_id = ? and place = ? and key = ?

-- name: insertHeld
insert into held (key, task_key, lane_id, place, status, claim, attempt, recoveries, interruptions, version, flags,
  started_at_ms, due_at_ms, answer_by_ms, resume_at_ms, parked_on, paused_from, paused_by, clocks, wait)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: deleteHeld
delete from held where key = ?

-- name: insertClaimed
insert into claimed (key, worker_key, task_key, lane_id, status, claim, attempt, recoveries, interruptions, version,
  flags, claimed_at_ms, started_at_ms, cancel, pause_wanted, clocks)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: updateClaimed
update claimed set status = ?, version = ?, flags = ?, cancel = ?, pause_wanted = ?, clocks = ? where key = ?

-- name: deleteClaimed
delete from claimed where key = ?

-- name: insertEnded
insert into ended (key, status, claim, attempt, recoveries, interruptions, version, worker_key, started_at_ms,
  finished_at_ms, result, cancel)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: insertLive
insert into live (task_key, is_waiting, run_key) values (?, ?, ?)

-- name: deleteLive
delete from live where task_key = ? and is_waiting = ? and run_key = ?

-- name: firstLive
select run_key from live where task_key = ? and is_waiting = ? order by run_key limit 1

-- name: newestLive
select max(run_key) from (
  select max(run_key) as run_key from live where task_key = ?1 and is_waiting = 0
  union all select max(run_key) from live where task_key = ?1 and is_waiting = 1)
having max(run_key) is not null

-- name: anyLive
select 1 from live where task_key = ? limit 1

-- name: allLive
select run_key from live where task_key = ? order by is_waiting, run_key

-- Runs of a task that stand in its line, counted up to a bound.
-- name: lineLength
select count(*) from (select 1 from live where task_key = ? and is_waiting = 1 limit ?)

-- name: memo
select memo from memos where run_key = ?

-- name: putMemo
insert into memos (run_key, memo) values (?, ?) on conflict (run_key) do update set memo = excluded.memo

-- name: deleteMemo
delete from memos where run_key = ?

-- Parked runs go lowest place first, by index held_parked.
-- name: anyParked
select 1 from held where parked_on = ? and parked_on is not null limit 1

-- name: parkedLanes
select lane_id, count(*) from
  (select lane_id from held where parked_on = ? and parked_on is not null order by place, key limit ?)
group by lane_id

-- The two halves of letting parked runs go; both see the same rows, lowest place first.
-- name: unparkToReady
insert into ready (lane_id, place, key, claim, attempt, recoveries, interruptions, version, flags, started_at_ms)
select lane_id, place, key, claim, attempt, recoveries, interruptions, version, flags, started_at_ms
from held where parked_on = ? and parked_on is not null order by place, key limit ?

-- name: deleteUnparked
delete from held where key in
  (select key from held where parked_on = ? and parked_on is not null order by place, key limit ?)


-- name: setHeldFlags
update held set flags = ? where key = ?

-- name: firstParked
select task_key from held where parked_on = ? and parked_on is not null order by place, key limit 1

-- What suspects are parked on, the one with the lowest place first; once per turn, over the parked suspects only.
-- name: parkedSuspects
select parked_on from held
where parked_on >= 'suspect:' and parked_on < 'suspect;' and parked_on is not null
group by parked_on order by min(place)

-- By index runs_by_task.
-- name: ofTaskBefore
select key from runs where task_key = ? and key < ? order by key desc limit ?

-- name: insertBirth
insert into runs (key, task_key, revision, lane_id, place, due_at_ms, scheduled_for_ms, origin, params, extra)
values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)

-- name: countLive
select count(*) from live where task_key = ?

-- Keys under whose limit runs of a task are parked; once per edit, over the parked runs only.
-- name: keyLimitsOfTask
select distinct parked_on from held
where parked_on >= 'key-limit:' and parked_on < 'key-limit;' and parked_on is not null and task_key = ?

-- name: setReadyFlags
update ready set flags = ? where lane_id = ? and place = ? and key = ?

-- name: insertReferral
insert into referrals (of_run_key, run_key) values (?, ?)

-- name: deleteReferral
delete from referrals where of_run_key = ? and run_key = ?

-- A retry of a run, by index runs_by_retried.
-- name: retryOf
select key from runs
where json_extract(extra, '$.retryOf') = ? and extra is not null and json_extract(extra, '$.retryOf') is not null limit 1
