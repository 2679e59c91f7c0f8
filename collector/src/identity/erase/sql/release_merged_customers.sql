-- Takes out of the person the customers that were merged into it by hand while it was being erased.
-- $1 website_id, $2 customer_ids
-- Index: customers_by_merged_into
update customers
set
  merged_into_id = null,
  status = 'active',
  updated_at = now()
where website_id = $1::text::bigint
  and merged_into_id = any ($2::text::bigint[])
  and id <> all ($2::text::bigint[])
