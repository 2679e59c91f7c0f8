-- Ends the ownership of identities that turned out to be shared.
-- $1 website ids, $2 identity ids, $3 until
-- Index: identity_has_one_owner_at_a_time
update customer_identity_links l
set
  ended_at = v.until,
  updated_at = now()
from unnest($1::text::bigint[], $2::text::bigint[], $3::text::timestamptz[]) as v (website_id, identity_id, until)
where l.website_id = v.website_id
  and l.identity_id = v.identity_id
  and l.ended_at is null
