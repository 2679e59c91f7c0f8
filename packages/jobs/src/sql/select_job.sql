-- How far a job is.
-- $1 website_id, $2 id
-- Index: background_jobs_pkey
select
  id::text,
  kind,
  status,
  done::float8,
  total::float8,
  error,
  case when status = 'done' then position end as result,
  created_at,
  updated_at
from background_jobs
where website_id = $1::text::bigint
  and id = $2::text::bigint
