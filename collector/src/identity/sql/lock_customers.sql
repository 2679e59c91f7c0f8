-- Locks customers whose touches or conversions are about to be written.
-- $1 website_id, $2 id: in lock order
-- Index: customers_pkey
select c.id::text
from (
  select unnest($1::text::bigint[]) as website_id, unnest($2::text::bigint[]) as id
) v
join customers c using (website_id, id)
order by c.id::text collate "C"
for no key update of c
