-- Locks customers whose sessions, touches and conversions are about to be written.
-- $1 website ids, $2 customer ids
-- Index: customers_pkey
select c.id::text
from unnest($1::text::bigint[], $2::text::bigint[]) as v (website_id, id)
join customers c using (website_id, id)
order by c.website_id, c.id
for no key update of c
