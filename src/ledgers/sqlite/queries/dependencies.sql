-- What blocked runs wait for (SEM 16). Only the store writes them, in its transaction.

-- name: any
select 1 from dependencies limit 1

-- name: anyOnTask
select 1 from dependencies where task_key = ? limit 1

-- name: insert
insert into dependencies (run_key, task_key, on_run_key) values (?, ?, ?)

-- Runs that wait for this one, by index dependencies_on_run.
-- name: onRun
select run_key, task_key from dependencies where on_run_key = ? and on_run_key is not null order by run_key

-- Runs that wait for the first run of this task, by index dependencies_on_task.
-- name: firstToCome
select run_key from dependencies where task_key = ? and on_run_key is null order by run_key

-- name: nameFirst
update dependencies set on_run_key = ? where task_key = ? and on_run_key is null

-- name: satisfied
delete from dependencies where run_key = ? and task_key = ?

-- name: forget
delete from dependencies where run_key = ?

-- name: left
select 1 from dependencies where run_key = ? limit 1

-- name: ofRun
select task_key, on_run_key from dependencies where run_key = ? order by task_key

-- The newest run of a task that counts, by index runs_by_task.
-- name: newestRun
select key from runs where task_key = ? and key >= ? order by key desc limit 1
