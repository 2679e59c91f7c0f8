-- How many conversions a website has, counted up to a limit.
-- $1 website_id, $2 limit
-- Index: conversions_pkey
select count(*)::float8 as count
from (select from conversions where website_id = $1::text::bigint limit $2::integer) c
