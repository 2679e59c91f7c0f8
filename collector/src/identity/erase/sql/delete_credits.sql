-- Deletes some of the credits of the conversions of customers.
-- $1 website_id, $2 customer_ids, $3 limit
-- Index: conversions_by_customer, conversion_credits_pkey
with gone as (
  delete from conversion_credits k
  using (
    select k.conversion_id, k.model, k.version, k.touch_id
    from conversions c
    join conversion_credits k on k.website_id = c.website_id and k.conversion_id = c.id
    where c.website_id = $1::text::bigint
      and c.customer_id = any ($2::text::bigint[])
    limit $3::integer
  ) v
  where k.website_id = $1::text::bigint
    and k.conversion_id = v.conversion_id
    and k.model = v.model
    and k.version = v.version
    and k.touch_id = v.touch_id
  returning 1
)
select count(*)::float8 as removed, '[]'::json as dependents from gone
