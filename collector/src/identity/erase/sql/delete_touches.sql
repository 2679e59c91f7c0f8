-- Deletes some of the touches of customers; returns the other customers whose conversions refer to them.
-- $1 website_id, $2 customer_ids, $3 limit
-- Index: touches_by_customer, touches_pkey, conversions_by_first_touch, conversions_by_last_non_direct_touch, conversions_by_attributed_touch
with gone as (
  delete from touches t
  using (
    select id
    from touches
    where website_id = $1::text::bigint
      and customer_id = any ($2::text::bigint[])
    limit $3::integer
  ) v
  where t.website_id = $1::text::bigint
    and t.id = v.id
  returning t.id
)
select
  (select count(*) from gone)::float8 as removed,
  coalesce(json_agg(distinct c.customer_id::text), '[]') as dependents
from gone
cross join lateral (
  select customer_id from conversions where website_id = $1::text::bigint and first_touch_id = gone.id
  union all
  select customer_id from conversions where website_id = $1::text::bigint and last_non_direct_touch_id = gone.id
  union all
  select customer_id from conversions where website_id = $1::text::bigint and attributed_touch_id = gone.id
) c
where c.customer_id <> all ($2::text::bigint[])
