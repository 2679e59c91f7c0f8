-- Inserts the credit of each touch for the conversion of an event, one row per model; an event without a conversion is skipped.
-- $1 website_id, $2 event_id, $3 model, $4 touch_id, $5 weight, $6 value_cents
-- Index: event_is_at_most_one_conversion, conversion_credits_pkey
insert into conversion_credits (website_id, conversion_id, model, version, touch_id, weight, value_cents)
select v.website_id, c.id, v.model, c.attribution_version, v.touch_id, v.weight, v.value_cents
from (
  select
    unnest($1::text::bigint[]) as website_id,
    unnest($2::text::bigint[]) as event_id,
    unnest($3::text::text[]) as model,
    unnest($4::text::bigint[]) as touch_id,
    unnest($5::text::float8[]) as weight,
    unnest($6::text::bigint[]) as value_cents
) v
join conversions c using (website_id, event_id)
