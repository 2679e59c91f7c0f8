-- Moves the times of links: a cookie passed from one customer to another.
-- $1 website_id, $2 id, $3 since, $4 until: null while it lasts
-- Index: customer_identity_links_pkey
update customer_identity_links l
set
  first_seen_at = v.since,
  last_seen_at = greatest(l.last_seen_at, v.since),
  ended_at = v.until,
  updated_at = now()
from (
  select
    unnest($1::text::bigint[]) as website_id,
    unnest($2::text::bigint[]) as id,
    to_timestamp(unnest($3::text::float8[]) / 1000) as since,
    to_timestamp(unnest($4::text::float8[]) / 1000) as until
) v
where l.website_id = v.website_id
  and l.id = v.id
