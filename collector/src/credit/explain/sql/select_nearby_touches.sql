-- The touches of customers around a time: the latest up to it, the first ones after it, and the first one of all.
-- $1 website_id, $2 customer_id, $3 at, $4 until_limit, $5 after_limit
-- Index: touches_by_customer
select v.customer_id::text, t.id::text, t.total::float8
from (
  select
    unnest($1::text::bigint[]) as website_id,
    unnest($2::text::bigint[]) as customer_id
) v
cross join lateral (
  select count(*) as total
  from touches
  where website_id = v.website_id and customer_id = v.customer_id
) counted
cross join lateral (
  (
    select id, counted.total
    from touches
    where website_id = v.website_id and customer_id = v.customer_id and occurred_at <= to_timestamp($3::float8 / 1000)
    order by occurred_at desc, id desc
    limit $4::integer
  )
  union
  (
    select id, counted.total
    from touches
    where website_id = v.website_id and customer_id = v.customer_id and occurred_at > to_timestamp($3::float8 / 1000)
    order by occurred_at, id
    limit $5::integer
  )
  union
  (
    select id, counted.total
    from touches
    where website_id = v.website_id and customer_id = v.customer_id
    order by occurred_at, id
    limit 1
  )
) t
