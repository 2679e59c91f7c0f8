-- Customers of website 1 with touches and a conversion each, as ingest leaves them before any credit.
-- $1 customers, $2 touches: of each customer
with customer as (
  insert into customers (website_id, id, first_seen_at, last_seen_at)
  select 1, 1000000 + n, now() - interval '40 days', now() - interval '1 day'
  from generate_series(1, $1::integer) n
  returning id
), touch as (
  insert into touches (website_id, customer_id, occurred_at, type, touch_key, is_direct, source_event_id)
  select 1, c.id, now() - interval '1 day' * (30 - t) - interval '1 second' * (c.id % 86400), 'ad_click', md5(c.id || ' ' || t)::uuid, t % 3 = 0, 0
  from customer c
  cross join generate_series(1, $2::integer) t
)
insert into conversions (
  website_id, customer_id, event_id, name, conversion_id, occurred_at, value_cents, currency, attribution_model, attribution_weight,
  lookback_days
)
select 1, c.id, -c.id, 'purchase', 'order ' || c.id, now() - interval '1 second' * (c.id % 86400), 1000 + c.id % 9000, 'EUR', 'last_non_direct', '{}', 90
from customer c
