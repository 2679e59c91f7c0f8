-- The identities that the customers of a person have or had.
-- $1 website_id, $2 customer_ids
-- Index: customer_identity_links_by_customer, identities_pkey
select
  l.customer_id::text,
  i.type,
  i.value_hash,
  l.source,
  l.confidence::float8,
  l.first_seen_at as since,
  i.last_seen_at,
  l.ended_at as until
from customer_identity_links l
join identities i on i.website_id = l.website_id and i.id = l.identity_id
where l.website_id = $1::text::bigint
  and l.customer_id = any ($2::text::bigint[])
order by l.id
