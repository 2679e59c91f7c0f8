-- Gives back idempotency keys that the same transaction has claimed.
-- $1 website_id, $2 idempotency_key, $3 event_id
-- Index: event_is_stored_once
delete from event_dedup_keys k
using (
  select
    unnest($1::text::bigint[]) as website_id,
    unnest($2::text::uuid[]) as idempotency_key,
    unnest($3::text::bigint[]) as event_id
) v
where k.website_id = v.website_id
  and k.idempotency_key = v.idempotency_key
  and k.event_id = v.event_id
