-- Updates customers; a user id is set once and never replaced. If merges were added since the customer was read, a new user id
-- breaks customer_user_id_is_an_identity on purpose: the group is repeated, and decides again who is one person.
-- $1 website_id, $2 id, $3 user_identity_id, $4 first_seen_at, $5 last_seen_at, $6 email_hash, $7 new_identities, $8 merge_count
-- Index: customers_pkey
update customers c
set
  user_identity_id = case
    when v.user_identity_id is null or c.user_identity_id is not null then c.user_identity_id
    when c.merge_count = v.merge_count then v.user_identity_id
    else -c.id
  end,
  first_seen_at = least(c.first_seen_at, v.first_seen_at),
  last_seen_at = greatest(c.last_seen_at, v.last_seen_at),
  email_hash = coalesce(c.email_hash, v.email_hash),
  identity_count = c.identity_count + v.new_identities,
  updated_at = now()
from (
  select
    unnest($1::text::bigint[]) as website_id,
    unnest($2::text::bigint[]) as id,
    unnest($3::text::bigint[]) as user_identity_id,
    to_timestamp(unnest($4::text::float8[]) / 1000) as first_seen_at,
    to_timestamp(unnest($5::text::float8[]) / 1000) as last_seen_at,
    unnest($6::text::text[]) as email_hash,
    unnest($7::text::integer[]) as new_identities,
    unnest($8::text::integer[]) as merge_count
) v
where c.website_id = v.website_id
  and c.id = v.id
  and (c.user_identity_id is null or v.user_identity_id is null or c.user_identity_id = v.user_identity_id)
returning c.id::text
