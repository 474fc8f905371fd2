-- Workers, the executors they publish, and role leases. Only the store writes them, in its transaction.

-- name: live
select key, name, pid, queues, types, concurrency, started_at_ms, lease_until_ms, status from workers
where status = 'live' order by key

-- name: all
select key, name, pid, queues, types, concurrency, started_at_ms, lease_until_ms, status from workers
order by key desc limit 1000

-- name: insert
insert into workers (key, name, pid, queues, types, concurrency, started_at_ms, lease_until_ms, status)
values (?, ?, ?, ?, ?, ?, ?, ?, 'live')

-- name: renew
update workers set lease_until_ms = ? where key = ?

-- name: gone
update workers set status = 'gone' where key = ?

-- name: publish
insert into executors (type, info) values (?, ?) on conflict (type) do update set info = excluded.info

-- name: executor
select info from executors where type = ?

-- name: executors
select info from executors order by type

-- Safe under two holders: the row changes hands only when its lease is over, and the store applies one at a time.
-- name: takeRole
insert into roles (role, holder, until_ms) values (?1, ?2, ?3)
on conflict (role) do update set holder = excluded.holder, until_ms = excluded.until_ms
where holder = excluded.holder or until_ms <= ?4

-- name: lastKey
select coalesce(max(key), 0) from workers
