-- Ends the ownership of identities that turned out to be shared.
-- $1 website_id, $2 identity_id, $3 until
-- Index: identity_has_one_owner_at_a_time
update customer_identity_links l
set
  ended_at = v.until,
  updated_at = now()
from (
  select
    unnest($1::text::bigint[]) as website_id,
    unnest($2::text::bigint[]) as identity_id,
    to_timestamp(unnest($3::text::float8[]) / 1000) as until
) v
where l.website_id = v.website_id
  and l.identity_id = v.identity_id
  and l.ended_at is null
