-- Writes what was learnt about customers; a user id is set once and never replaced.
-- $1 website ids, $2 ids, $3 user identity ids, $4 first seen, $5 last seen, $6 e-mail hashes
-- Index: customers_pkey
update customers c
set
  user_identity_id = coalesce(c.user_identity_id, v.user_identity_id),
  first_seen_at = least(c.first_seen_at, v.first_seen_at),
  last_seen_at = greatest(c.last_seen_at, v.last_seen_at),
  email_hash = coalesce(c.email_hash, v.email_hash),
  updated_at = now()
from unnest($1::text::bigint[], $2::text::bigint[], $3::text::bigint[], $4::text::timestamptz[], $5::text::timestamptz[], $6::text::text[])
  as v (website_id, id, user_identity_id, first_seen_at, last_seen_at, email_hash)
where c.website_id = v.website_id
  and c.id = v.id
  and (c.user_identity_id is null or v.user_identity_id is null or c.user_identity_id = v.user_identity_id)
returning c.id::text
