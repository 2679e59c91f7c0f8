-- Moves the events of a session to the one that it became a part of.
-- $1 website_id, $2 session_id, $3 into_id
-- Index: sessions_tracking_pkey, events_pkey
update events e
set
  session_id = $3::text::bigint,
  updated_at = now()
from sessions_tracking s
where s.website_id = $1::text::bigint
  and s.id = $2::text::bigint
  and e.website_id = s.website_id
  and e.occurred_at between s.started_at and s.ended_at
  and e.session_id = s.id
