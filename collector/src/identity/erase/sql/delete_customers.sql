-- Deletes customers, with whatever still belongs to them.
-- $1 website_id, $2 customer_ids
-- Index: customers_pkey
with gone as (
  delete from customers
  where website_id = $1::text::bigint
    and id = any ($2::text::bigint[])
  returning 1
)
select count(*)::float8 as removed from gone
