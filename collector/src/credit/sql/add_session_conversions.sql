-- Adds stored conversions to their sessions.
-- $1 website ids, $2 session ids: one entry a conversion
-- Index: sessions_tracking_pkey
update sessions_tracking s
set
  conversion_count = s.conversion_count + v.stored,
  updated_at = now()
from (
  select website_id, id, count(*) as stored
  from unnest($1::text::bigint[], $2::text::bigint[]) as v (website_id, id)
  group by website_id, id
) v
where s.website_id = v.website_id
  and s.id = v.id
