-- Customers with what decides whose part they are; those that are being erased are missing.
-- $1 website_id, $2 id
-- Index: customers_pkey
select
  c.website_id::text,
  c.id::text,
  c.user_identity_id is not null as has_user_id,
  c.canonical_id::text as person
from (
  select unnest($1::text::bigint[]) as website_id, unnest($2::text::bigint[]) as id
) v
join customers c using (website_id, id)
where c.status <> 'erased'
