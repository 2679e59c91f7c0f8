-- Takes the conversions of events out of the counts of their sessions, before they change or go.
-- $1 website_id, $2 event_id
-- Index: event_is_at_most_one_conversion, sessions_tracking_pkey
update sessions_tracking s
set
  conversion_count = s.conversion_count - v.stored,
  updated_at = now()
from (
  select c.website_id, c.session_id, count(*) as stored
  from (
    select unnest($1::text::bigint[]) as website_id, unnest($2::text::bigint[]) as event_id
  ) v
  join conversions c using (website_id, event_id)
  where c.counted
    and coalesce(c.value_cents, 0) >= 0
  group by c.website_id, c.session_id
) v
where s.website_id = v.website_id
  and s.id = v.session_id
