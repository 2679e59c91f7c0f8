-- Points customers at their earliest and latest touch.
-- $1 website ids, $2 customer ids
-- Index: touches_by_customer
update customers c
set
  first_touch_id = earliest.id,
  last_touch_id = latest.id,
  updated_at = now()
from unnest($1::text::bigint[], $2::text::bigint[]) as v (website_id, id)
cross join lateral (
  select t.id
  from touches t
  where t.website_id = v.website_id and t.customer_id = v.id
  order by t.occurred_at, t.id
  limit 1
) earliest
cross join lateral (
  select t.id
  from touches t
  where t.website_id = v.website_id and t.customer_id = v.id
  order by t.occurred_at desc, t.id desc
  limit 1
) latest
where c.website_id = v.website_id
  and c.id = v.id
  and (c.first_touch_id, c.last_touch_id) is distinct from (earliest.id, latest.id)
