-- Indexes for lists: all occurrences in order of time, and the retries of a run.
-- compatible from: 1

-- Instants are decided in order of time, so new rows come to lie at its end.
create index occurrences_in_time on occurrences (scheduled_for_ms, task_key);

-- Rare things of a run are in `extra`; only retries have a row here, so that no other run pays for it.
create index runs_by_retried on runs (json_extract(extra, '$.retryOf'))
  where extra is not null and json_extract(extra, '$.retryOf') is not null;
