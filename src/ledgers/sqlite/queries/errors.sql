-- The error inbox: kept up when a run fails, read by index.

-- name: add
insert into error_groups
  (fingerprint, user_id, type, code, message, frame, status, count, waiting, first_seen_ms, last_seen_ms, rank)
values (?1, ?2, ?3, ?4, ?5, ?6, 'open', ?7, ?7, ?8, ?9, ?10)
on conflict (fingerprint) do update set
  message = excluded.message,
  status = case status when 'resolved' then 'open' else status end,
  count = count + excluded.count,
  waiting = waiting + excluded.waiting,
  last_seen_ms = max(last_seen_ms, excluded.last_seen_ms),
  rank = excluded.rank
returning id

-- name: lastRank
select coalesce(max(rank), 0) from error_groups

-- name: get
select id, fingerprint, user_id, type, code, message, frame, status, count, waiting, first_seen_ms, last_seen_ms, rank
from error_groups where fingerprint = ?

-- name: samples
select run_key from error_runs where group_id = ? order by run_key desc limit 5

-- name: waiting
select run_key from error_runs where group_id = ? and run_key > ? order by run_key limit ?

-- name: takeRun
delete from error_runs where run_key = ? returning group_id

-- name: lessWaiting
update error_groups set waiting = waiting - 1 where id = ?

-- name: mark
update error_groups set status = ? where id = ?

-- name: letGo
delete from error_runs where group_id = ?

-- name: noneWaiting
update error_groups set waiting = 0 where id = ?

-- Groups whose last failure is as old as failures are kept; from the oldest on.
-- name: sweep
delete from error_groups where id in (select id from error_groups where rank < ? and waiting = 0 order by rank limit ?)
