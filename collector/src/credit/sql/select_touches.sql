-- The first touch of each customer, and the latest ones up to a time.
-- $1 website ids, $2 customer ids, $3 up to, $4 how many at most
-- Index: touches_by_customer
select
  v.website_id::text,
  v.customer_id::text,
  t.id::text,
  (extract(epoch from t.occurred_at) * 1000)::float8 as at,
  t.is_direct
from unnest($1::text::bigint[], $2::text::bigint[], $3::text::timestamptz[]) as v (website_id, customer_id, until)
cross join lateral (
  (
    select id, occurred_at, is_direct
    from touches
    where website_id = v.website_id and customer_id = v.customer_id and occurred_at <= v.until
    order by occurred_at desc, id desc
    limit $4::integer
  )
  union
  (
    select id, occurred_at, is_direct
    from touches
    where website_id = v.website_id and customer_id = v.customer_id
    order by occurred_at, id
    limit 1
  )
) t
