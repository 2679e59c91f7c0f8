-- The touches of persons, each with the customer that was asked for: the first one, the latest ones up to a time, and all between
-- that time and a later one. Not those of bots, and not withdrawn ones.
-- $1 website_id, $2 customer_id, $3 since, $4 until, $5 limit
-- Index: customers_pkey, customers_by_merged_into, touches_by_customer
select distinct
  v.customer_id::text,
  t.id::text,
  round(date_part('epoch', t.occurred_at) * 1000) as at,
  t.touch_key::text,
  t.owner_id::float8,
  t.is_direct,
  t.is_paid,
  t.channel
from (
  select
    unnest($1::text::bigint[]) as website_id,
    unnest($2::text::bigint[]) as customer_id,
    to_timestamp(unnest($3::text::float8[]) / 1000) as since,
    to_timestamp(unnest($4::text::float8[]) / 1000) as until
) v
join customers c on c.website_id = v.website_id and c.id = v.customer_id
cross join lateral (
  (
    select t.*
    from (
      select c.canonical_id as id
      union all
      select p.id from customers p where p.website_id = c.website_id and p.merged_into_id = c.canonical_id
    ) m
    cross join lateral (
      select id, occurred_at, touch_key, customer_id as owner_id, is_direct, is_paid, channel
      from touches
      where website_id = c.website_id and customer_id = m.id and occurred_at <= v.since and not is_bot and not is_withdrawn
      order by occurred_at desc, touch_key desc, id desc
      limit $5::integer
    ) t
    order by t.occurred_at desc, t.touch_key desc, t.owner_id desc, t.id desc
    limit $5::integer
  )
  union all
  (
    select t.*
    from (
      select c.canonical_id as id
      union all
      select p.id from customers p where p.website_id = c.website_id and p.merged_into_id = c.canonical_id
    ) m
    cross join lateral (
      select id, occurred_at, touch_key, customer_id as owner_id, is_direct, is_paid, channel
      from touches
      where website_id = c.website_id and customer_id = m.id and not is_bot and not is_withdrawn
      order by occurred_at, touch_key, id
      limit 1
    ) t
    order by t.occurred_at, t.touch_key, t.owner_id, t.id
    limit 1
  )
  union all
  (
    select t.id, t.occurred_at, t.touch_key, t.customer_id as owner_id, t.is_direct, t.is_paid, t.channel
    from (
      select c.canonical_id as id
      union all
      select p.id from customers p where p.website_id = c.website_id and p.merged_into_id = c.canonical_id
    ) m
    join touches t on t.website_id = c.website_id and t.customer_id = m.id
    where t.occurred_at > v.since
      and t.occurred_at <= v.until
      and not t.is_bot
      and not t.is_withdrawn
  )
) t
