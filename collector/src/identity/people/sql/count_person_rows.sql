-- How much is stored about a person.
-- $1 website_id, $2 customer_ids
-- Index: events_by_customer, sessions_by_customer, touches_by_customer, conversions_by_customer
select
  (select count(*) from sessions_tracking where website_id = $1::text::bigint and customer_id = any ($2::text::bigint[]))::float8 as sessions,
  (select count(*) from events where website_id = $1::text::bigint and customer_id = any ($2::text::bigint[]))::float8 as events,
  (select count(*) from touches where website_id = $1::text::bigint and customer_id = any ($2::text::bigint[]))::float8 as touches,
  (select count(*) from conversions where website_id = $1::text::bigint and customer_id = any ($2::text::bigint[]))::float8 as conversions
