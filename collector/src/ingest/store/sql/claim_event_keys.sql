-- Claims idempotency keys for events; returns the positions, from 1, of the keys that were already taken. Waits for a concurrent
-- claim of the same key.
-- $1 website_id, $2 idempotency_key, $3 event_id: in lock order
-- Index: event_is_stored_once
with claimed as (
  insert into event_dedup_keys (website_id, idempotency_key, event_id)
  select
    unnest($1::text::bigint[]),
    unnest($2::text::uuid[]),
    unnest($3::text::bigint[])
  on conflict (website_id, idempotency_key) do nothing
  returning event_id
)
select v.position::integer
from unnest($3::text::bigint[]) with ordinality as v (event_id, position)
where v.event_id not in (select event_id from claimed)
