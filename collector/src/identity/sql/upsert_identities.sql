-- Upserts identities and locks their rows; last_seen_at advances at most hourly.
-- $1 website_id, $2 type, $3 value_hash, $4 first_seen_at, $5 last_seen_at: in lock order
-- Index: identity_is_unique_per_website
insert into identities as i (website_id, type, value_hash, first_seen_at, last_seen_at)
select
  unnest($1::text::bigint[]),
  unnest($2::text::text[]),
  unnest($3::text::text[]),
  to_timestamp(unnest($4::text::float8[]) / 1000),
  to_timestamp(unnest($5::text::float8[]) / 1000)
on conflict (website_id, type, value_hash) do update
set
  first_seen_at = least(i.first_seen_at, excluded.first_seen_at),
  last_seen_at = greatest(i.last_seen_at, excluded.last_seen_at),
  updated_at = now()
where excluded.last_seen_at > i.last_seen_at + interval '1 hour'
   or excluded.first_seen_at < i.first_seen_at
