-- Ends a token that is in force.
-- $1 website id, $2 id, name or prefix
-- Index: ingestion_tokens_pkey
update ingestion_tokens
set
  revoked_at = now(),
  updated_at = now()
where website_id = $1::text::bigint
  and revoked_at is null
  and $2::text in (id::text, name, token_prefix)
returning id::text, website_id::text, name, kind, token_prefix, scopes, expires_at, revoked_at
