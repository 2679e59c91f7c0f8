-- Locks a job of a kind that has not ended yet: waits for a step in progress, which may be the last one.
-- $1 website_id, $2 kind
-- Index: background_jobs_pkey
select id::text
from background_jobs
where website_id = $1::text::bigint
  and kind = $2::text
  and status = 'waiting'
order by background_jobs.id
limit 1
for update
