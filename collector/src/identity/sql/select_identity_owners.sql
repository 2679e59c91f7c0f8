-- Everybody who owns or owned these identities; one row without a customer for an identity that nobody owned.
-- $1 website ids, $2 types, $3 value hashes
-- Index: identity_is_unique_per_website, customer_identity_links_by_identity, customers_pkey
select
  i.id::text as identity_id,
  i.website_id::text,
  i.type,
  i.value_hash,
  (extract(epoch from l.first_seen_at) * 1000)::float8 as started_at_ms,
  (extract(epoch from l.ended_at) * 1000)::float8 as ended_at_ms,
  c.id::text as customer_id,
  u.value_hash as user_value_hash,
  (extract(epoch from c.first_seen_at) * 1000)::float8 as first_seen_at_ms,
  (extract(epoch from c.last_seen_at) * 1000)::float8 as last_seen_at_ms,
  c.email_hash
from unnest($1::text::bigint[], $2::text::text[], $3::text::text[]) as wanted (website_id, type, value_hash)
join identities i using (website_id, type, value_hash)
left join customer_identity_links l on l.website_id = i.website_id and l.identity_id = i.id
left join customers c on c.website_id = l.website_id and c.id = l.customer_id
left join identities u on u.website_id = c.website_id and u.id = c.user_identity_id
