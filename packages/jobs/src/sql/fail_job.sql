-- Records the failure of a step, unless the job has moved on. The step is repeated after 1 s doubling to 5 minutes, until it
-- has failed too often.
-- $1 website_id, $2 id, $3 position: where the step began, $4 error, $5 attempts
-- Index: background_jobs_pkey
update background_jobs
set
  attempts = attempts + 1,
  error = $4::text,
  status = case when attempts + 1 >= $5::text::integer then 'failed' else 'waiting' end,
  run_at = now() + least(interval '1 second' * 2 ^ attempts, interval '5 minutes'),
  updated_at = now()
where website_id = $1::text::bigint
  and id = $2::text::bigint
  and status = 'waiting'
  and position is not distinct from $3::text::jsonb
