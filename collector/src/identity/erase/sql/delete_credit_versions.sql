-- Deletes some of the credit versions of the conversions of customers.
-- $1 website_id, $2 customer_ids, $3 limit
-- Index: conversions_by_customer, credit_versions_pkey
with gone as (
  delete from credit_versions v
  using (
    select v.conversion_id, v.version
    from conversions c
    join credit_versions v on v.website_id = c.website_id and v.conversion_id = c.id
    where c.website_id = $1::text::bigint
      and c.customer_id = any ($2::text::bigint[])
    limit $3::integer
  ) old
  where v.website_id = $1::text::bigint
    and v.conversion_id = old.conversion_id
    and v.version = old.version
  returning 1
)
select count(*)::float8 as removed, '[]'::json as dependents from gone
