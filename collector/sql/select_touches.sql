-- All touches of these customers.
-- $1 website ids, $2 customer ids
-- Index: touches_by_customer
select
  t.website_id::text,
  t.customer_id::text,
  t.id::text,
  (extract(epoch from t.occurred_at) * 1000)::float8 as at,
  t.is_direct
from unnest($1::text::bigint[], $2::text::bigint[]) as v (website_id, customer_id)
join touches t using (website_id, customer_id)
