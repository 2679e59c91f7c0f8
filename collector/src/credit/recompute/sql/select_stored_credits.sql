-- The current credits of conversions.
-- $1 website_id, $2 id
-- Index: conversions_pkey, conversion_credits_pkey
select
  c.id::float8,
  c.first_touch_id::text,
  c.last_non_direct_touch_id::text,
  c.attributed_touch_id::text,
  c.attribution_model,
  c.attribution_weight,
  c.lookback_days,
  c.over_refund_cents::float8,
  (
    select jsonb_agg(jsonb_build_array(k.model, k.touch_id::text, k.weight, k.value_cents))
    from conversion_credits k
    where k.website_id = c.website_id
      and k.conversion_id = c.id
      and k.version = c.attribution_version
  ) as credits
from (
  select unnest($1::text::bigint[]) as website_id, unnest($2::text::bigint[]) as id
) v
join conversions c using (website_id, id)
