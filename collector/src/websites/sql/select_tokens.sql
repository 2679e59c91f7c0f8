-- The tokens of a website.
-- $1 website_id
-- Index: ingestion_tokens_pkey
select id::text, website_id::text, name, kind, token_prefix, scopes, expires_at, revoked_at
from ingestion_tokens
where website_id = $1::text::bigint
order by ingestion_tokens.id
