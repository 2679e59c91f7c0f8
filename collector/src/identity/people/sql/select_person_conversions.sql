-- Conversions of customers with the credit of all versions, after a place in the order of their ids.
-- $1 website_id, $2 customer_ids, $3 after, $4 limit
-- Index: conversions_by_customer, conversions_pkey, conversion_credits_pkey, credit_versions_pkey
with mine as materialized (
  select id
  from conversions
  where website_id = $1::text::bigint
    and customer_id = any ($2::text::bigint[])
    and id > $3::text::bigint
),
page as materialized (
  select id
  from mine
  order by id
  limit $4::integer
)
select
  c.id::text,
  c.customer_id::text,
  c.session_id::text,
  c.event_id::text,
  c.name,
  r.name as rule,
  c.conversion_id,
  c.occurred_at,
  c.value_cents::float8,
  c.currency,
  c.counted,
  c.over_refund_cents::float8,
  c.first_touch_id::text,
  c.last_non_direct_touch_id::text,
  c.attributed_touch_id::text,
  c.attribution_model,
  c.attribution_weight,
  c.attribution_version,
  c.lookback_days,
  coalesce(
    (
      select json_agg(json_build_object('version', v.version, 'reason', v.reason, 'created_at', v.created_at) order by v.version)
      from credit_versions v
      where v.website_id = c.website_id
        and v.conversion_id = c.id
    ),
    '[]'
  ) as versions,
  coalesce(
    (
      select json_agg(
        json_build_object(
          'model', k.model, 'version', k.version, 'touch_id', k.touch_id::text, 'weight', k.weight, 'value_cents', k.value_cents
        )
        order by k.model, k.version, k.touch_id
      )
      from conversion_credits k
      where k.website_id = c.website_id
        and k.conversion_id = c.id
    ),
    '[]'
  ) as credits
from page
join conversions c on c.website_id = $1::text::bigint and c.id = page.id
left join conversion_rules r on r.website_id = c.website_id and r.id = c.rule_id
order by c.id
