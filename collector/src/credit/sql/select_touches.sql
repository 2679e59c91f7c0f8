-- The first touch of each customer, and the latest ones up to a time.
-- $1 website_id, $2 customer_id, $3 until, $4 limit
-- Index: touches_by_customer
select
  v.customer_id::text,
  t.id::text,
  round(date_part('epoch', t.occurred_at) * 1000) as at,
  t.is_direct
from (
  select
    unnest($1::text::bigint[]) as website_id,
    unnest($2::text::bigint[]) as customer_id,
    to_timestamp(unnest($3::text::float8[]) / 1000) as until
) v
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
