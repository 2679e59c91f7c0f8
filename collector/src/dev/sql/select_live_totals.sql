-- How much of everything a website has.
-- $1 website_id
-- Index: the primary keys
select
  (select count(*) from events where website_id = $1::text::bigint)::float8 as events,
  (select count(*) from customers where website_id = $1::text::bigint)::float8 as customers,
  (select count(*) from sessions_tracking where website_id = $1::text::bigint)::float8 as sessions,
  (select count(*) from touches where website_id = $1::text::bigint)::float8 as touches,
  (select count(*) from conversions where website_id = $1::text::bigint)::float8 as conversions,
  (select coalesce(sum(duplicate), 0) from token_usages where website_id = $1::text::bigint)::float8 as duplicates,
  (select count(*) from rejected_events where website_id = $1::text::bigint)::float8 as rejected
