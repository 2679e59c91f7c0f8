-- The current and former owners of identities; an identity that never had one has one row without a customer.
-- $1 website_id, $2 type, $3 value_hash, $4 position
-- Index: identity_is_unique_per_website, customer_identity_links_by_identity, customers_pkey
select
  wanted.position,
  i.id::text as identity_id,
  round(date_part('epoch', i.erased_at) * 1000) as erased_at_ms,
  l.id::text as link_id,
  l.confidence::float8,
  c.id::text as customer_id,
  round(date_part('epoch', l.first_seen_at) * 1000) as started_at_ms,
  round(date_part('epoch', l.ended_at) * 1000) as ended_at_ms,
  u.value_hash as user_value_hash,
  round(date_part('epoch', c.first_seen_at) * 1000) as first_seen_at_ms,
  round(date_part('epoch', c.last_seen_at) * 1000) as last_seen_at_ms,
  c.email_hash,
  c.identity_count,
  c.merge_count
from (
  select
    unnest($1::text::bigint[]) as website_id,
    unnest($2::text::text[]) as type,
    unnest($3::text::text[]) as value_hash,
    unnest($4::text::integer[]) as position
) wanted
join identities i using (website_id, type, value_hash)
left join customer_identity_links l on l.website_id = i.website_id and l.identity_id = i.id
left join customers c on c.website_id = l.website_id and c.id = l.customer_id
left join identities u on u.website_id = c.website_id and u.id = c.user_identity_id
