-- The keys among these that their website has ever stored.
-- $1 website_id, $2 idempotency_key
-- Index: event_is_stored_once
select k.website_id::text, k.idempotency_key::text
from (
  select unnest($1::text::bigint[]) as website_id, unnest($2::text::uuid[]) as idempotency_key
) v
join event_dedup_keys k using (website_id, idempotency_key)
