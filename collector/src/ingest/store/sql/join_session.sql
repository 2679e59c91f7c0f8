-- Adds the counts of a session to the one that it became a part of.
-- $1 website_id, $2 session_id, $3 into_id
-- Index: sessions_tracking_pkey
update sessions_tracking s
set
  ended_at = greatest(s.ended_at, part.ended_at),
  view_count = s.view_count + part.view_count,
  conversion_count = s.conversion_count + part.conversion_count,
  updated_at = now()
from sessions_tracking part
where part.website_id = $1::text::bigint
  and part.id = $2::text::bigint
  and s.website_id = part.website_id
  and s.id = $3::text::bigint
