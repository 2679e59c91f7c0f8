-- How many touches a website has; null: more than the limit, beyond which counting takes too long.
-- $1 website_id, $2 limit
-- Index: touches_pkey
select nullif(count(*), $2::integer + 1)::float8 as touches
from (
  select
  from touches
  where website_id = $1::text::bigint
  limit $2::integer + 1
) t
