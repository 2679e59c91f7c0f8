-- The tokens with a prefix; the caller compares hashes.
-- $1 website_key, $2 prefix
-- Index: website_key_is_unique, ingestion_tokens_by_prefix
select
  t.id::text,
  t.website_id::text,
  t.kind,
  t.token_hash,
  t.scopes,
  t.expires_at,
  t.revoked_at,
  w.status as website_status,
  w.settings
from websites w
join ingestion_tokens t on t.website_id = w.id
where w.key = $1::text
  and t.token_prefix = $2::text
