-- Which of these keys the website has stored, ever.
-- $1 website ids, $2 keys
-- Index: event_is_stored_once
select k.website_id::text, k.idempotency_key::text
from unnest($1::text::bigint[], $2::text::uuid[]) as v (website_id, idempotency_key)
join event_dedup_keys k using (website_id, idempotency_key)
