-- Keeps rejected events, with the day after which they may go; one that is sent again updates its row.
-- $1 website ids, $2 token ids, $3 keys, $4 received, $5 request ids, $6 codes, $7 paths, $8 messages, $9 payloads, $10 identity hashes
-- Index: rejected_event_is_kept_once
insert into rejected_events as r (
  website_id, ingestion_token_id, idempotency_key, received_at, expires_at, request_id, code, path, message, payload, identity_hashes
)
select
  v.website_id, v.token_id, v.key, v.received_at, v.received_at + interval '14 days', v.request_id, v.code, v.path, v.message,
  v.payload, v.identity_hashes::text[]
from unnest(
  $1::text::bigint[], $2::text::bigint[], $3::text::uuid[], $4::text::timestamptz[], $5::text::text[], $6::text::text[],
  $7::text::text[], $8::text::text[], $9::text::bytea[], $10::text::text[]
) as v (website_id, token_id, key, received_at, request_id, code, path, message, payload, identity_hashes)
on conflict (website_id, idempotency_key) do update
set
  ingestion_token_id = excluded.ingestion_token_id,
  received_at = excluded.received_at,
  expires_at = excluded.expires_at,
  request_id = excluded.request_id,
  code = excluded.code,
  path = excluded.path,
  message = excluded.message,
  payload = excluded.payload,
  identity_hashes = excluded.identity_hashes,
  updated_at = now()
