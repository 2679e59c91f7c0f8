-- The settings of a website, and how long ago they, or anything else of it, changed.
-- $1 website_id
-- Index: websites_pkey
select settings, (extract(epoch from clock_timestamp() - updated_at) * 1000)::float8 as unchanged_ms
from websites
where id = $1::text::bigint
