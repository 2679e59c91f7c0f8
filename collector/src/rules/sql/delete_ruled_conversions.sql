-- Deletes the conversions of events, with their credits.
-- $1 website_id, $2 event_id: in lock order
-- Index: event_is_at_most_one_conversion
delete from conversions c
using (
  select unnest($1::text::bigint[]) as website_id, unnest($2::text::bigint[]) as event_id
) v
where c.website_id = v.website_id
  and c.event_id = v.event_id
