-- Points customers at their earliest and latest touch.
-- $1 website_id, $2 id: in lock order
-- Index: touches_by_customer
update customers c
set
  first_touch_id = earliest.id,
  last_touch_id = latest.id,
  updated_at = now()
from (
  select unnest($1::text::bigint[]) as website_id, unnest($2::text::bigint[]) as id
) v
left join lateral (
  select t.id
  from touches t
  where t.website_id = v.website_id and t.customer_id = v.id and not t.is_withdrawn
  order by t.occurred_at, t.id
  limit 1
) earliest on true
left join lateral (
  select t.id
  from touches t
  where t.website_id = v.website_id and t.customer_id = v.id and not t.is_withdrawn
  order by t.occurred_at desc, t.id desc
  limit 1
) latest on true
where c.website_id = v.website_id
  and c.id = v.id
  and (c.first_touch_id, c.last_touch_id) is distinct from (earliest.id, latest.id)
