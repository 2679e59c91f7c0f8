-- The conversions between two ids that rules have made, each with its event where that is still stored.
-- $1 website_id, $2 after_id, $3 to_id, $4 margin_ms
-- Index: conversions_pkey, conversion_rules_pkey, events_pkey
select
  c.event_id::text as id,
  c.customer_id::text,
  c.rule_id::text,
  c.name as stored_name,
  c.conversion_id as stored_conversion_id,
  c.value_cents::float8 as stored_value_cents,
  c.currency as stored_currency,
  c.updated_at < r.updated_at + $4::float8 * interval '1 millisecond' as is_older_than_rule,
  e.id is not null as has_event,
  to_char(c.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
  e.type,
  e.name,
  e.url,
  e.title,
  e.revenue_cents::float8,
  e.currency,
  e.props,
  e.conversion_id
from conversions c
join conversion_rules r on r.website_id = c.website_id and r.id = c.rule_id
left join events e on e.website_id = c.website_id and e.occurred_at = c.occurred_at and e.id = c.event_id
where c.website_id = $1::text::bigint
  and c.id > $2::text::bigint
  and c.id <= $3::text::bigint
order by c.id
