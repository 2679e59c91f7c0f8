-- Looks through some rejected events and deletes those with one of these identities; returns how far it came, null at the end.
-- $1 website_id, $2 identity_hashes, $3 after, $4 limit
-- Index: rejected_events_pkey
with scanned as (
  select id, identity_hashes
  from rejected_events
  where website_id = $1::text::bigint
    and id > $3::text::bigint
  order by id
  limit $4::integer
),
gone as (
  delete from rejected_events r
  using scanned
  where r.website_id = $1::text::bigint
    and r.id = scanned.id
    and scanned.identity_hashes && $2::text::text[]
  returning 1
)
select
  (select count(*) from gone)::float8 as removed,
  case when count(*) = $4::integer then max(id)::text end as scanned_to
from scanned
