-- The feed's pages, by primary key. One writer numbers them, so nobody can read a position before a lower one exists.

-- name: last
select position, events from journal order by position desc limit 1

-- The page in which a position lies.
-- name: pageOf
select position from journal where position <= ? order by position desc limit 1

-- name: pages
select position, events from journal where position >= ? order by position limit ?

-- name: oldest
select position, at_ms, events from journal order by position limit ?

-- name: deletePage
delete from journal where position = ?
