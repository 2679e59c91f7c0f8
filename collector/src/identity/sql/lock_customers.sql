-- Locks customers whose touches or conversions are about to be written, and their persons: who credits a person sees all of it.
-- $1 website_id, $2 id: in lock order
-- Index: customers_pkey
select c.id::text
from customers c
where (c.website_id, c.id) in (
  select v.website_id, unnest(array[v.id, p.canonical_id])
  from (
    select unnest($1::text::bigint[]) as website_id, unnest($2::text::bigint[]) as id
  ) v
  join customers p using (website_id, id)
)
order by c.id::text collate "C"
for no key update of c
