-- Adds a job.
-- $1 website_id, $2 kind, $3 input
-- Index: background_jobs_pkey
insert into background_jobs (website_id, kind, input)
values ($1::text::bigint, $2::text, $3::text::jsonb)
returning id::text
