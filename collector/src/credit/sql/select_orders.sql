-- The conversions of orders: the one that may be refunded, with its credits in the order of its touches, and its refunds.
-- $1 website_id, $2 name, $3 conversion_id, $4 currency
-- Index: conversions_by_conversion_id, conversion_credits_pkey, touches_pkey
select
  c.website_id::text,
  c.event_id::text,
  c.name,
  c.conversion_id,
  round(date_part('epoch', c.occurred_at) * 1000) as occurred_at,
  c.value_cents::float8,
  c.currency,
  c.counted,
  c.first_touch_id::text,
  c.last_non_direct_touch_id::text,
  c.attributed_touch_id::text,
  c.attribution_model,
  c.attribution_weight,
  c.lookback_days,
  c.over_refund_cents::float8,
  (
    select jsonb_agg(
      jsonb_build_array(k.model, k.touch_id::text, k.weight, k.value_cents) order by t.occurred_at, t.touch_key, t.customer_id, t.id
    )
    from conversion_credits k
    join touches t on t.website_id = k.website_id and t.id = k.touch_id
    where k.website_id = c.website_id
      and k.conversion_id = c.id
      and k.version = c.attribution_version
      and coalesce(c.value_cents, 0) >= 0
  ) as credits
from (
  select
    unnest($1::text::bigint[]) as website_id,
    unnest($2::text::text[]) as name,
    unnest($3::text::text[]) as conversion_id,
    unnest($4::text::text[]) as currency
) v
join conversions c
  on c.website_id = v.website_id
  and c.name = v.name
  and c.conversion_id = v.conversion_id
  and c.currency is not distinct from v.currency
