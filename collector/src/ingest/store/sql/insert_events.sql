-- Inserts events with the ids that their keys were claimed with.
-- $1 website_id, $2 id, $3 session_id, $4 customer_id, $5 ingestion_token_id, $6 occurred_at, $7 revenue_cents, $8 idempotency_key,
-- $9 schema_version, $10 type, $11 name, $12 url, $13 title, $14 currency, $15 sdk_version, $16 props, $17 ad_cookies,
-- $18 conversion_flag, $19 conversion_id
-- Index: events_pkey
insert into events (
  website_id, id, session_id, customer_id, ingestion_token_id, occurred_at, revenue_cents, idempotency_key, schema_version, type,
  name, url, title, currency, sdk_version, props, ad_cookies, conversion_flag, conversion_id
)
select
  unnest($1::text::bigint[]),
  unnest($2::text::bigint[]),
  unnest($3::text::bigint[]),
  unnest($4::text::bigint[]),
  unnest($5::text::bigint[]),
  to_timestamp(unnest($6::text::float8[]) / 1000),
  unnest($7::text::bigint[]),
  unnest($8::text::uuid[]),
  unnest($9::text::smallint[]),
  unnest($10::text::text[]),
  unnest($11::text::text[]),
  unnest($12::text::text[]),
  unnest($13::text::text[]),
  unnest($14::text::text[]),
  unnest($15::text::text[]),
  unnest($16::text::jsonb[]),
  unnest($17::text::jsonb[]),
  unnest($18::text::boolean[]),
  unnest($19::text::text[])
