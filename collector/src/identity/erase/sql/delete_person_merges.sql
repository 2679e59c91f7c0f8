-- Deletes the merges that name customers, and takes them off the counts of the customers on the other side.
-- $1 website_id, $2 customer_ids
-- Index: customer_merges_by_from, customer_merges_by_into, customers_pkey
with gone as (
  delete from customer_merges
  where website_id = $1::text::bigint
    and (from_customer_id = any ($2::text::bigint[]) or into_customer_id = any ($2::text::bigint[]))
  returning from_customer_id, into_customer_id
),
others as (
  select other.id, count(*) as merges
  from gone
  cross join lateral (values (gone.from_customer_id), (gone.into_customer_id)) other (id)
  where other.id <> all ($2::text::bigint[])
  group by other.id
),
counted as (
  update customers c
  set
    merge_count = greatest(c.merge_count - others.merges, 0),
    updated_at = now()
  from others
  where c.website_id = $1::text::bigint
    and c.id = others.id
)
select count(*)::float8 as removed from gone
