-- How much is stored about a person: refunds, and conversions that do not count, apart from conversions.
-- $1 website_id, $2 customer_ids
-- Index: events_by_customer, sessions_by_customer, touches_by_customer, conversions_by_customer
select
  (select count(*) from sessions_tracking where website_id = $1::text::bigint and customer_id = any ($2::text::bigint[]))::float8 as sessions,
  (select count(*) from events where website_id = $1::text::bigint and customer_id = any ($2::text::bigint[]))::float8 as events,
  (select count(*) from touches where website_id = $1::text::bigint and customer_id = any ($2::text::bigint[]))::float8 as touches,
  (count(*) filter (where c.counted and coalesce(c.value_cents, 0) >= 0))::float8 as conversions,
  (count(*) filter (where c.value_cents < 0))::float8 as refunds,
  (count(*) filter (where not c.counted and coalesce(c.value_cents, 0) >= 0))::float8 as uncounted_conversions
from conversions c
where c.website_id = $1::text::bigint
  and c.customer_id = any ($2::text::bigint[])
