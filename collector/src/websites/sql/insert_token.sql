-- Inserts a token by its hash.
-- $1 website_id, $2 name, $3 kind, $4 token_prefix, $5 token_hash, $6 scopes, $7 expires_at
-- Index: token_name_is_unique_per_website
insert into ingestion_tokens (website_id, name, kind, token_prefix, token_hash, scopes, expires_at)
values ($1::text::bigint, $2::text, $3::text, $4::text, $5::text, $6::text::jsonb, $7::text::timestamptz)
returning id::text, website_id::text, name, kind, token_prefix, scopes, expires_at, revoked_at
