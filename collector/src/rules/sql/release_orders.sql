-- Takes the order numbers off the conversions of events that get other names or order numbers, which may be those of one another.
-- $1 website_id, $2 event_id: in lock order
-- Index: event_is_at_most_one_conversion
update conversions c
set conversion_id = null
from (
  select unnest($1::text::bigint[]) as website_id, unnest($2::text::bigint[]) as event_id
) v
where c.website_id = v.website_id
  and c.event_id = v.event_id
