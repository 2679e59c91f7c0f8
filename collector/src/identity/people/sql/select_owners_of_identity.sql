-- An identity with the persons that have or had it, the current one first; one without any has one row.
-- $1 website_id, $2 type, $3 value_hash
-- Index: identity_is_unique_per_website, customer_identity_links_by_identity, customers_pkey
select
  i.erased_at,
  c.canonical_id::text as customer_id,
  min(l.first_seen_at) as since,
  case when bool_or(l.ended_at is null) then null else max(l.ended_at) end as until
from identities i
left join customer_identity_links l on l.website_id = i.website_id and l.identity_id = i.id
left join customers c on c.website_id = l.website_id and c.id = l.customer_id
where i.website_id = $1::text::bigint
  and i.type = $2::text
  and i.value_hash = $3::text
group by i.erased_at, c.canonical_id
order by until desc nulls first, c.canonical_id
