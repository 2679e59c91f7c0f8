-- The identity conflicts of a website with a status, oldest first, after a place in the list.
-- $1 website_id, $2 status, $3 after, $4 limit
-- Index: identity_conflicts_by_status, customers_pkey, identities_pkey
select
  x.id::text,
  x.kind,
  x.customer_id::text,
  x.other_customer_id::text,
  c.canonical_id::text as person_id,
  o.canonical_id::text as other_person_id,
  i.type as identity_type,
  x.status,
  x.first_seen_at,
  x.last_seen_at
from identity_conflicts x
join customers c on c.website_id = x.website_id and c.id = x.customer_id
left join customers o on o.website_id = x.website_id and o.id = x.other_customer_id
left join identities i on i.website_id = x.website_id and i.id = x.identity_id
where x.website_id = $1::text::bigint
  and x.status = $2::text
  and x.id > $3::text::bigint
order by x.id
limit $4::integer
