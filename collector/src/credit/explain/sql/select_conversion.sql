-- A conversion with its rule and its person.
-- $1 website_id, $2 id
-- Index: conversions_pkey, customers_pkey, conversion_rules_pkey, websites_pkey
select
  c.id::text,
  c.customer_id::text,
  k.canonical_id::text as person_id,
  c.session_id::text,
  c.name,
  c.conversion_id,
  round(date_part('epoch', c.occurred_at) * 1000) as at,
  round(date_part('epoch', c.created_at) * 1000) as created_at,
  c.value_cents::float8,
  c.currency,
  c.counted,
  c.over_refund_cents::float8,
  c.first_touch_id::text,
  c.last_non_direct_touch_id::text,
  c.attributed_touch_id::text,
  c.attribution_model,
  c.attribution_version,
  c.lookback_days,
  c.rule_id::text,
  r.name as rule_name,
  r.counting,
  w.settings
from conversions c
join customers k on k.website_id = c.website_id and k.id = c.customer_id
join websites w on w.id = c.website_id
left join conversion_rules r on r.website_id = c.website_id and r.id = c.rule_id
where c.website_id = $1::text::bigint
  and c.id = $2::text::bigint
