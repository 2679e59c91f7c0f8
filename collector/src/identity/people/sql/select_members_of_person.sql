-- The customers of the person that a customer is part of, its canonical customer first.
-- $1 website_id, $2 customer_id
-- Index: customers_pkey, customers_by_merged_into
select m.id::text
from customers named
cross join lateral (
  select c.id
  from customers c
  where c.website_id = named.website_id
    and c.id = named.canonical_id
  union all
  select c.id
  from customers c
  where c.website_id = named.website_id
    and c.merged_into_id = named.canonical_id
) m
where named.website_id = $1::text::bigint
  and named.id = $2::text::bigint
  and named.status <> 'erased'
order by m.id <> named.canonical_id, m.id
