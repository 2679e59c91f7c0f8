-- The events of customers before a place in their timeline, newest first, with their conversions.
-- $1 website_id, $2 customer_ids, $3 before_at: null: from the newest, $4 before_id, $5 limit
-- Index: events_by_customer, events_pkey, event_is_at_most_one_conversion
with earlier as materialized (
  select occurred_at, id
  from events
  where website_id = $1::text::bigint
    and customer_id = any ($2::text::bigint[])
    and ($3::text is null or (occurred_at, id) < ($3::text::timestamptz, $4::text::bigint))
),
page as materialized (
  select occurred_at, id
  from earlier
  order by occurred_at desc, id desc
  limit $5::integer
)
select
  e.id::text,
  e.customer_id::text,
  e.session_id::text,
  e.occurred_at,
  e.type,
  e.name,
  e.url,
  e.title,
  e.revenue_cents::float8,
  e.currency,
  c.id::text as conversion_id,
  c.name as conversion_name,
  c.counted as conversion_counted,
  coalesce(c.value_cents, 0) < 0 as conversion_is_refund,
  to_char(e.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || ' ' || e.id as place
from page
join events e on e.website_id = $1::text::bigint and e.occurred_at = page.occurred_at and e.id = page.id
left join conversions c on c.website_id = e.website_id and c.event_id = e.id
order by e.occurred_at desc, e.id desc
