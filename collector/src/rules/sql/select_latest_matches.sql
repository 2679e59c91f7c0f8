-- The latest events between two positions that a matcher finds, with what made them conversions; the matcher stands where `true` does.
-- $1 website_id, $2 from_at, $3 from_id, $4 before_at, $5 before_id, $6 limit
-- Index: events_pkey, event_is_at_most_one_conversion
select m.*, c.name as stored_name, c.rule_id::text as stored_rule_id
from (
  select
    e.website_id::text,
    e.id::text,
    e.occurred_at,
    e.customer_id::text,
    e.type,
    e.name,
    e.url,
    e.title,
    e.revenue_cents::float8,
    e.currency,
    e.props,
    e.conversion_id,
    e.conversion_flag
  from events e
  where e.website_id = $1::text::bigint
    and e.occurred_at between $2::text::timestamptz and $4::text::timestamptz
    and (e.occurred_at, e.id) >= ($2::text::timestamptz, $3::text::bigint)
    and (e.occurred_at, e.id) < ($4::text::timestamptz, $5::text::bigint)
    and true -- the matcher
  order by e.occurred_at desc, e.id desc
  limit $6::integer
) m
left join lateral (
  select name, rule_id
  from conversions
  where website_id = m.website_id::bigint and event_id = m.id::bigint
  offset 0
) c on true
order by m.occurred_at desc, m.id::bigint desc
