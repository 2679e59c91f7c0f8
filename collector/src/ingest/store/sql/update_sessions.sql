-- Adds to sessions that are stored.
-- $1 website_id, $2 id, $3 started_at, $4 ended_at, $5 view_count: in lock order
-- Index: sessions_tracking_pkey
update sessions_tracking s
set
  started_at = least(s.started_at, v.started_at),
  ended_at = greatest(s.ended_at, v.ended_at),
  view_count = s.view_count + v.view_count,
  updated_at = now()
from (
  select
    unnest($1::text::bigint[]) as website_id,
    unnest($2::text::bigint[]) as id,
    unnest($3::text::timestamptz[]) as started_at,
    unnest($4::text::timestamptz[]) as ended_at,
    unnest($5::text::integer[]) as view_count
) v
where s.website_id = v.website_id
  and s.id = v.id
