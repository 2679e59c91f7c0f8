-- Deletes some of the conversions of customers; returns the other customers who have refunds of them.
-- $1 website_id, $2 customer_ids, $3 limit
-- Index: conversions_by_customer, conversions_pkey, conversions_by_conversion_id
with gone as (
  delete from conversions c
  using (
    select id
    from conversions
    where website_id = $1::text::bigint
      and customer_id = any ($2::text::bigint[])
    limit $3::integer
  ) v
  where c.website_id = $1::text::bigint
    and c.id = v.id
  returning c.name, c.conversion_id
)
select
  (select count(*) from gone)::float8 as removed,
  coalesce(json_agg(distinct r.customer_id::text), '[]') as dependents
from gone
join conversions r
  on r.website_id = $1::text::bigint
  and r.name = gone.name
  and r.conversion_id = gone.conversion_id
  and r.value_cents < 0
  and r.customer_id <> all ($2::text::bigint[])
