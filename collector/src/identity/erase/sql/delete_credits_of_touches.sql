-- Deletes some of the credits that touches of customers have earned; returns the customers of those conversions.
-- $1 website_id, $2 customer_ids, $3 limit
-- Index: touches_by_customer, conversion_credits_by_touch, conversions_pkey
with gone as (
  delete from conversion_credits k
  using (
    select k.conversion_id, k.model, k.version, k.touch_id
    from touches t
    join conversion_credits k on k.website_id = t.website_id and k.touch_id = t.id
    where t.website_id = $1::text::bigint
      and t.customer_id = any ($2::text::bigint[])
    limit $3::integer
  ) v
  where k.website_id = $1::text::bigint
    and k.conversion_id = v.conversion_id
    and k.model = v.model
    and k.version = v.version
    and k.touch_id = v.touch_id
  returning k.conversion_id
)
select
  (select count(*) from gone)::float8 as removed,
  coalesce(json_agg(distinct c.customer_id::text), '[]') as dependents
from conversions c
where c.website_id = $1::text::bigint
  and c.id in (select conversion_id from gone)
  and c.customer_id <> all ($2::text::bigint[])
