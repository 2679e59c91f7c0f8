-- Deletes the conversions of events that did not get their order numbers, with their credits: others have them.
-- $1 website_id, $2 event_id, $3 conversion_id
-- Index: event_is_at_most_one_conversion
delete from conversions c
using (
  select
    unnest($1::text::bigint[]) as website_id,
    unnest($2::text::bigint[]) as event_id,
    unnest($3::text::text[]) as conversion_id
) v
where c.website_id = v.website_id
  and c.event_id = v.event_id
  and c.conversion_id is null
  and v.conversion_id is not null
