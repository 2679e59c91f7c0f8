-- The five events of each session, with their keys: pages, one action, and a purchase at the end of those that buy.
-- $1 first, $2 last: numbers of sessions
with event as materialized (
  select
    s.website_id,
    s.event_id + i as id,
    s.id as session_id,
    s.customer_id,
    s.started_at + i * interval '45 s' as occurred_at,
    bench.uuid_v7(s.started_at + i * interval '45 s', 'event ' || s.event_id + i) as idempotency_key,
    case when i = 4 and s.buys then 'purchase' when i = 2 then 'add_to_cart' else 'page' end as name,
    (s.page + i * 7) % 60 as page,
    s.id % 5000 as item
  from bench.sessions($1::bigint, $2::bigint) s
  cross join generate_series(0, 4) i
), key as (
  insert into event_dedup_keys (website_id, event_id, idempotency_key)
  select website_id, id, idempotency_key
  from event
)
insert into events (
  website_id, id, session_id, customer_id, occurred_at, revenue_cents, currency, idempotency_key, type, name, url, title, props
)
select
  website_id, id, session_id, customer_id, occurred_at,
  case name when 'purchase' then 1999 + item end,
  case name when 'purchase' then 'EUR' end,
  idempotency_key,
  case name when 'page' then 'page' else 'track' end,
  name,
  'https://shop.example' || bench.page_path(page),
  case name when 'page' then 'Article ' || 1000 + page || ' – Shoes and more – Example Shop' end,
  jsonb_build_object('sku', 'SKU-' || 100000 + item, 'price_cents', 1999 + item, 'quantity', 1, 'list', 'recommended for you')
from event
