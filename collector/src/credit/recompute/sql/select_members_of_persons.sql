-- All customers of the persons that these customers belong to.
-- $1 website_id, $2 customer_id
-- Index: customers_pkey, customers_by_merged_into
select distinct p.website_id::text, p.id::text, c.canonical_id::text as person_id
from (
  select unnest($1::text::bigint[]) as website_id, unnest($2::text::bigint[]) as customer_id
) v
join customers c on c.website_id = v.website_id and c.id = v.customer_id
cross join lateral (
  select c.website_id, c.canonical_id as id
  union all
  select p.website_id, p.id from customers p where p.website_id = c.website_id and p.merged_into_id = c.canonical_id
) p
