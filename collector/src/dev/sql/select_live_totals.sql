-- The totals of a website.
-- $1 website_id
-- Index: events_pkey, customers_pkey, sessions_tracking_pkey, touches_pkey, conversions_pkey, token_usages_pkey, rejected_events_pkey
select
  (select count(*) from events where website_id = $1::text::bigint)::float8 as events,
  (select count(*) from customers where website_id = $1::text::bigint and merged_into_id is null)::float8 as customers,
  (select count(*) from sessions_tracking where website_id = $1::text::bigint)::float8 as sessions,
  (select count(*) from touches where website_id = $1::text::bigint)::float8 as touches,
  (select count(*) from conversions where website_id = $1::text::bigint and coalesce(value_cents, 0) >= 0)::float8 as conversions,
  (select coalesce(sum(duplicate), 0) from token_usages where website_id = $1::text::bigint)::float8 as duplicates,
  (select count(*) from rejected_events where website_id = $1::text::bigint)::float8 as rejected
