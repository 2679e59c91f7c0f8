-- Deletes the identity conflicts that name customers.
-- $1 website_id, $2 customer_ids
-- Index: identity_conflicts_by_customer, identity_conflicts_by_other
with gone as (
  delete from identity_conflicts
  where website_id = $1::text::bigint
    and (customer_id = any ($2::text::bigint[]) or other_customer_id = any ($2::text::bigint[]))
  returning 1
)
select count(*)::float8 as removed from gone
