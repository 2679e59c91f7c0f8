-- Upserts the counts of client streams, so that gaps in their numbers show losses.
-- $1 website_id, $2 stream, $3 highest_seq, $4 stored, $5 rejected, $6 first_seen_at, $7 last_seen_at: in lock order
-- Index: client_streams_pkey
insert into client_streams as s (website_id, stream, highest_seq, stored, rejected, first_seen_at, last_seen_at)
select
  unnest($1::text::bigint[]),
  unnest($2::text::uuid[]),
  unnest($3::text::integer[]),
  unnest($4::text::integer[]),
  unnest($5::text::integer[]),
  to_timestamp(unnest($6::text::float8[]) / 1000),
  to_timestamp(unnest($7::text::float8[]) / 1000)
on conflict (website_id, stream) do update
set
  highest_seq = greatest(s.highest_seq, excluded.highest_seq),
  stored = s.stored + excluded.stored,
  rejected = s.rejected + excluded.rejected,
  first_seen_at = least(s.first_seen_at, excluded.first_seen_at),
  last_seen_at = greatest(s.last_seen_at, excluded.last_seen_at)
