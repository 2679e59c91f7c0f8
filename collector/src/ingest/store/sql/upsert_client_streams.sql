-- Adds what came of client streams, so that gaps in their numbers show losses.
-- $1 website ids, $2 streams, $3 highest numbers, $4 stored, $5 rejected, $6 first seen, $7 last seen
-- Index: client_streams_pkey
insert into client_streams as s (website_id, stream, highest_seq, stored, rejected, first_seen_at, last_seen_at)
select *
from unnest(
  $1::text::bigint[], $2::text::uuid[], $3::text::integer[], $4::text::integer[], $5::text::integer[], $6::text::timestamptz[],
  $7::text::timestamptz[]
)
on conflict (website_id, stream) do update
set
  highest_seq = greatest(s.highest_seq, excluded.highest_seq),
  stored = s.stored + excluded.stored,
  rejected = s.rejected + excluded.rejected,
  first_seen_at = least(s.first_seen_at, excluded.first_seen_at),
  last_seen_at = greatest(s.last_seen_at, excluded.last_seen_at),
  updated_at = now()
