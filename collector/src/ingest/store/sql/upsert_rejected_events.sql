-- Upserts rejected events, with their time of expiry; one that is sent again updates its row. Of people who were erased and have not
-- come back, only that an event came is kept.
-- $1 website_id, $2 ingestion_token_id, $3 idempotency_key, $4 received_at, $5 request_id, $6 code, $7 path, $8 message, $9 payload,
-- $10 identity_hashes: in lock order, $11 empty_payload
-- Index: rejected_event_is_kept_once, identity_is_unique_per_website, identity_has_one_owner_at_a_time
insert into rejected_events as r (
  website_id, ingestion_token_id, idempotency_key, received_at, expires_at, request_id, code, path, message, payload, identity_hashes
)
select
  v.website_id, v.ingestion_token_id, v.idempotency_key, v.received_at, v.received_at + interval '14 days', v.request_id, v.code,
  v.path, v.message,
  case when e.is_erased then $11::text::bytea else v.payload end,
  case when e.is_erased then '{}' else v.identity_hashes::text[] end
from (
  select
    unnest($1::text::bigint[]) as website_id,
    unnest($2::text::bigint[]) as ingestion_token_id,
    unnest($3::text::uuid[]) as idempotency_key,
    to_timestamp(unnest($4::text::float8[]) / 1000) as received_at,
    unnest($5::text::text[]) as request_id,
    unnest($6::text::text[]) as code,
    unnest($7::text::text[]) as path,
    unnest($8::text::text[]) as message,
    unnest($9::text::bytea[]) as payload,
    unnest($10::text::text[]) as identity_hashes
) v
cross join lateral (
  select exists (
    select
    from identities i
    where i.website_id = v.website_id
      and i.value_hash = any (v.identity_hashes::text[])
      and i.type in ('cookie', 'user_id', 'email_hash')
      and i.erased_at is not null
      and not exists (
        select
        from customer_identity_links l
        where l.website_id = i.website_id and l.identity_id = i.id and l.ended_at is null
      )
  ) as is_erased
) e
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
