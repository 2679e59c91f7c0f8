-- Adds a job.
-- $1 website_id, $2 kind, $3 input, $4 after_ms
-- Index: background_jobs_pkey
insert into background_jobs (website_id, kind, input, run_at)
values ($1::text::bigint, $2::text, $3::text::jsonb, now() + interval '1 millisecond' * $4::float8)
returning id::text
