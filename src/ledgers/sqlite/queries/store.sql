-- Transactions, and the feed's page of a commit.

-- name: begin
begin immediate

-- name: commit
commit

-- name: rollback
rollback

-- name: insertPage
insert into journal (position, at_ms, events) values (?, ?, ?)

-- name: lastPage
select position, events from journal order by position desc limit 1

-- name: getMeta
select value from meta where name = ?

-- name: setMeta
insert into meta (name, value) values (?, ?) on conflict (name) do update set value = excluded.value
