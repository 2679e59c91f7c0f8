-- Settles the conflicts of these customers with customers of the same person, and opens those with others again.
-- $1 website_id, $2 customer_id
-- Index: identity_conflicts_by_customer, identity_conflicts_by_other, identity_conflicts_pkey, customers_pkey
update identity_conflicts k
set
  status = pair.status,
  updated_at = now()
from (
  select
    found.website_id,
    found.id,
    case when one.canonical_id = other.canonical_id then 'merged' else 'open' end as status
  from (
    select unnest($1::text::bigint[]) as website_id, unnest($2::text::bigint[]) as customer_id
  ) v
  cross join lateral (
    select website_id, id, customer_id, other_customer_id
    from identity_conflicts
    where website_id = v.website_id and customer_id = v.customer_id and other_customer_id is not null
    union all
    select website_id, id, customer_id, other_customer_id
    from identity_conflicts
    where website_id = v.website_id and other_customer_id = v.customer_id
  ) found
  join customers one on one.website_id = found.website_id and one.id = found.customer_id
  join customers other on other.website_id = found.website_id and other.id = found.other_customer_id
) pair
where k.website_id = pair.website_id
  and k.id = pair.id
  and k.status <> 'dismissed'
  and k.status <> pair.status
