-- Locks the job that has waited longest; one that another worker has locked is skipped.
-- $1 kinds: a JSON list
-- Index: background_jobs_by_time
select id::text, website_id::text, kind, input, position
from background_jobs
where status = 'waiting'
  and run_at <= now()
  and kind in (select jsonb_array_elements_text($1::text::jsonb))
order by run_at, background_jobs.id
limit 1
for update skip locked
