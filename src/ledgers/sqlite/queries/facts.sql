-- What stands in front of a run; by the primary key of ready, counted up to a bound.

-- name: ahead
select count(*) from (select 1 from ready where lane_id = ? and (place, key) < (?, ?) limit ?)
