-- The first events of a name of persons in spans of time, each with the customer that was asked for.
-- $1 website_id, $2 customer_id, $3 since, $4 until, $5 name, $6 limit
-- Index: customers_pkey, customers_by_merged_into, events_by_customer
select
  v.customer_id::text,
  v.name,
  round(date_part('epoch', e.occurred_at) * 1000) as at
from (
  select
    unnest($1::text::bigint[]) as website_id,
    unnest($2::text::bigint[]) as customer_id,
    to_timestamp(unnest($3::text::float8[]) / 1000) as since,
    to_timestamp(unnest($4::text::float8[]) / 1000) as until,
    unnest($5::text::text[]) as name
) v
join customers c on c.website_id = v.website_id and c.id = v.customer_id
cross join lateral (
  select e.occurred_at
  from (
    select c.canonical_id as id
    union all
    select p.id from customers p where p.website_id = c.website_id and p.merged_into_id = c.canonical_id
  ) m
  join events e
    on e.website_id = c.website_id
    and e.customer_id = m.id
    and e.occurred_at between v.since and v.until
    and e.name = v.name
  order by e.occurred_at
  limit $6::integer
) e
