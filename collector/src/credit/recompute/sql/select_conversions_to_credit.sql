-- The conversions of customers, and all others of their orders, with their current credits and what their rules decide about credit.
-- $1 website_id, $2 customer_id
-- Index: conversions_by_customer, conversions_by_conversion_id, conversion_rules_pkey, conversion_credits_pkey
with own as (
  select c.website_id, c.id, c.name, c.conversion_id
  from (
    select unnest($1::text::bigint[]) as website_id, unnest($2::text::bigint[]) as customer_id
  ) v
  join conversions c using (website_id, customer_id)
), concerned as (
  select website_id, id from own
  union
  select o.website_id, o.id
  from own
  join conversions o using (website_id, name, conversion_id)
)
select
  c.website_id::text,
  c.id::text,
  c.customer_id::text,
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
  c.attribution_version,
  c.lookback_days,
  c.over_refund_cents::float8,
  c.rule_id::text,
  r.lookback_days as rule_lookback_days,
  r.default_model as rule_default_model,
  r.models as rule_models,
  (
    select jsonb_agg(jsonb_build_array(k.model, k.touch_id::text, k.weight, k.value_cents))
    from conversion_credits k
    where k.website_id = c.website_id
      and k.conversion_id = c.id
      and k.version = c.attribution_version
  ) as credits
from concerned
join conversions c using (website_id, id)
left join conversion_rules r on r.website_id = c.website_id and r.id = c.rule_id
