-- The identity conflicts that name customers.
-- $1 website_id, $2 customer_ids
-- Index: identity_conflicts_by_customer, identity_conflicts_by_other
select
  x.id::text,
  x.kind,
  x.customer_id::text,
  x.other_customer_id::text,
  i.type as identity_type,
  x.status,
  x.first_seen_at,
  x.last_seen_at
from identity_conflicts x
left join identities i on i.website_id = x.website_id and i.id = x.identity_id
where x.website_id = $1::text::bigint
  and (x.customer_id = any ($2::text::bigint[]) or x.other_customer_id = any ($2::text::bigint[]))
order by x.id
