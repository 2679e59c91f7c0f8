-- Looks through some rejected events; returns those with one of these identities, and how far it came: null at the end.
-- $1 website_id, $2 identity_hashes, $3 after, $4 limit
-- Index: rejected_events_pkey
with scanned as materialized (
  select r.id, r.identity_hashes
  from rejected_events r
  where r.website_id = $1::text::bigint
    and r.id > $3::text::bigint
  order by r.id
  limit $4::integer
)
select
  r.id::text,
  r.idempotency_key::text,
  r.received_at,
  r.expires_at,
  r.code,
  r.path,
  r.message,
  encode(r.payload, 'hex') as payload,
  (select case when count(*) = $4::integer then max(id)::text end from scanned) as scanned_to
from (values (1)) one (row)
left join rejected_events r
  on r.website_id = $1::text::bigint
  and r.id in (select id from scanned where identity_hashes && $2::text::text[])
order by r.id
