-- Adds to the queue those of these customers whose person has a conversion since a time.
-- $1 website_id, $2 customer_id, $3 since
-- Index: customers_pkey, customers_by_merged_into, conversions_by_customer
insert into credit_queue (website_id, customer_id, reason)
select v.website_id, v.customer_id, 'late_touch'
from (
  select
    unnest($1::text::bigint[]) as website_id,
    unnest($2::text::bigint[]) as customer_id,
    to_timestamp(unnest($3::text::float8[]) / 1000) as since
) v
join customers c on c.website_id = v.website_id and c.id = v.customer_id
where exists (
  select
  from (
    select c.canonical_id as id
    union all
    select p.id from customers p where p.website_id = c.website_id and p.merged_into_id = c.canonical_id
  ) m
  join conversions k
    on k.website_id = c.website_id
    and k.customer_id = m.id
    and k.occurred_at >= v.since
)
