-- Locks customers whose touches or conversions are about to be written, and the canonical customer of each.
-- $1 website_id, $2 id
-- Index: customers_pkey
select c.id::text
from (
  select unnest($1::text::bigint[]) as website_id, unnest($2::text::bigint[]) as id
) v
join customers own using (website_id, id)
join customers c on c.website_id = own.website_id and c.id in (own.id, own.canonical_id)
order by c.id::text collate "C"
for no key update of c
