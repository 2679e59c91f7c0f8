-- Claims idempotency keys; answers with an event id for each that was free. Waits for a concurrent claim of the same key.
-- $1 website ids, $2 keys: sorted
-- Index: event_is_stored_once
insert into event_dedup_keys (website_id, idempotency_key, event_id)
select v.website_id, v.idempotency_key, nextval('events_id_seq')
from unnest($1::text::bigint[], $2::text::uuid[]) as v (website_id, idempotency_key)
on conflict (website_id, idempotency_key) do nothing
returning website_id::text, idempotency_key::text, event_id::text
