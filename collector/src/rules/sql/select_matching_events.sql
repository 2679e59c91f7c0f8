-- Events between two positions that are no conversion, and say that they are one or say nothing about it; for those that say nothing
-- the matcher stands where `true` does.
-- $1 website_id, $2 after_at, $3 after_id, $4 to_at, $5 to_id, $6 limit
-- Index: events_pkey, event_is_at_most_one_conversion
select
  e.id::text,
  to_char(e.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
  e.customer_id::text,
  e.type,
  e.name,
  e.url,
  e.title,
  e.revenue_cents::float8,
  e.currency,
  e.props,
  e.conversion_id,
  coalesce(e.conversion_flag, false) as is_declared
from events e
where e.website_id = $1::text::bigint
  and e.occurred_at between $2::text::timestamptz and $4::text::timestamptz
  and (e.occurred_at, e.id) > ($2::text::timestamptz, $3::text::bigint)
  and (e.occurred_at, e.id) <= ($4::text::timestamptz, $5::text::bigint)
  and (
    e.conversion_flag
    or e.conversion_flag is null
    and true -- the matcher
  )
  -- Looked up for each match: `offset 0` keeps the planner from reading all conversions instead.
  and not exists (select from conversions c where c.website_id = e.website_id and c.event_id = e.id offset 0)
order by e.occurred_at, e.id
limit $6::integer
