-- Updates stored sessions.
-- $1 website_id, $2 id, $3 started_at, $4 ended_at, $5 view_count, $6 is_assigned: in lock order
-- Index: sessions_tracking_pkey
update sessions_tracking s
set
  started_at = least(s.started_at, v.started_at),
  ended_at = greatest(s.ended_at, v.ended_at),
  view_count = s.view_count + v.view_count,
  is_assigned = s.is_assigned and v.is_assigned,
  updated_at = now()
from (
  select
    unnest($1::text::bigint[]) as website_id,
    unnest($2::text::bigint[]) as id,
    to_timestamp(unnest($3::text::float8[]) / 1000) as started_at,
    to_timestamp(unnest($4::text::float8[]) / 1000) as ended_at,
    unnest($5::text::integer[]) as view_count,
    unnest($6::text::boolean[]) as is_assigned
) v
where s.website_id = v.website_id
  and s.id = v.id
