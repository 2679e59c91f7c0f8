-- Revokes one active token: by its id, else its prefix, else its name.
-- $1 website_id, $2 token: its id, prefix or name
-- Index: ingestion_tokens_pkey
update ingestion_tokens
set
  revoked_at = now(),
  updated_at = now()
where website_id = $1::text::bigint
  and id = (
    select id
    from ingestion_tokens
    where website_id = $1::text::bigint
      and revoked_at is null
      and $2::text in (id::text, token_prefix, name)
    order by id::text = $2::text desc, token_prefix = $2::text desc
    limit 1
  )
returning id::text, website_id::text, name, kind, token_prefix, scopes, expires_at, revoked_at
