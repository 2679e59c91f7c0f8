-- Saves how far a job is; without a position it is done, and its result stays in place of the position. Other jobs that wait come first.
-- $1 website_id, $2 id, $3 position, $4 result, $5 done, $6 total: null while unchanged, $7 after_ms
-- Index: background_jobs_pkey
update background_jobs
set
  position = coalesce($3::text, $4::text)::jsonb,
  done = done + $5::text::bigint,
  total = coalesce($6::text::bigint, total),
  status = case when $3::text is null then 'done' else 'waiting' end,
  attempts = 0,
  error = null,
  run_at = now() + $7::float8 * interval '1 millisecond',
  updated_at = now()
where website_id = $1::text::bigint
  and id = $2::text::bigint
