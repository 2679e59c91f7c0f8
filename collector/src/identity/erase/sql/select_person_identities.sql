-- Locks the identities that the customers of a person have or had, as ingest locks them.
-- $1 website_id, $2 customer_ids
-- Index: customer_identity_links_by_customer, identities_pkey
select i.id::text
from identities i
where i.website_id = $1::text::bigint
  and i.id in (
    select l.identity_id
    from customer_identity_links l
    where l.website_id = $1::text::bigint
      and l.customer_id = any ($2::text::bigint[])
  )
order by (i.website_id || ' ' || i.type || ' ' || i.value_hash) collate "C"
for no key update of i
