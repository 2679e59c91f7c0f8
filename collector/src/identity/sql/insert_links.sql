-- Links identities to their new owners.
-- $1 website_id, $2 identity_id, $3 customer_id, $4 since, $5 until: null while it lasts, $6 confidence
-- Index: identity_has_one_owner_at_a_time
insert into customer_identity_links (
  website_id, identity_id, customer_id, confidence, source, first_seen_at, last_seen_at, ended_at
)
select
  v.website_id, v.identity_id, v.customer_id, v.confidence,
  case when v.confidence < 1 then 'heuristic' else 'sdk' end,
  v.since, v.since, v.until
from (
  select
    unnest($1::text::bigint[]) as website_id,
    unnest($2::text::bigint[]) as identity_id,
    unnest($3::text::bigint[]) as customer_id,
    to_timestamp(unnest($4::text::float8[]) / 1000) as since,
    to_timestamp(unnest($5::text::float8[]) / 1000) as until,
    unnest($6::text::float8[]) as confidence
) v
