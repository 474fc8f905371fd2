-- The totals of runs by state. Only the store's transaction writes them, so an upsert cannot race. By primary key.

-- name: read
select count from totals where name = ?

-- name: readAll
select name, count from totals where name >= ? and name < ?

-- name: add
insert into totals (name, count) values (?, ?)
on conflict (name) do update set count = count + excluded.count
