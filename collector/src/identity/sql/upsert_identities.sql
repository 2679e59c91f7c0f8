-- Makes identities known and locks their rows; last_seen_at moves at most hourly.
-- $1 website ids, $2 types, $3 value hashes, $4 first seen, $5 last seen: sorted by key
-- Index: identity_is_unique_per_website
insert into identities as i (website_id, type, value_hash, first_seen_at, last_seen_at)
select *
from unnest($1::text::bigint[], $2::text::text[], $3::text::text[], $4::text::timestamptz[], $5::text::timestamptz[])
on conflict (website_id, type, value_hash) do update
set
  first_seen_at = least(i.first_seen_at, excluded.first_seen_at),
  last_seen_at = greatest(i.last_seen_at, excluded.last_seen_at),
  updated_at = now()
where excluded.last_seen_at > i.last_seen_at + interval '1 hour'
   or excluded.first_seen_at < i.first_seen_at
