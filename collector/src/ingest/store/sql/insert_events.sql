-- Stores events under the ids that came with their keys.
-- $1 website ids, $2 ids, $3 session ids, $4 customer ids, $5 types, $6 names, $7 occurred, $8 urls, $9 titles, $10 props, $11 revenues,
-- $12 currencies, $13 keys, $14 token ids, $15 schema versions, $16 sdk versions, $17–21 utm ids, $22 referrer domain ids, $23 landing page ids,
-- $24 ad cookies
-- Index: events_pkey
insert into events (
  website_id, id, session_id, customer_id, type, name, occurred_at, url, title, props, revenue_cents, currency, idempotency_key,
  ingestion_token_id, schema_version, sdk_version, utm_source_id, utm_medium_id, utm_campaign_id, utm_term_id, utm_content_id,
  referrer_domain_id, landing_page_id, ad_cookies
)
select *
from unnest(
  $1::text::bigint[], $2::text::bigint[], $3::text::bigint[], $4::text::bigint[], $5::text::text[], $6::text::text[],
  $7::text::timestamptz[], $8::text::text[], $9::text::text[], $10::text::jsonb[], $11::text::bigint[], $12::text::text[],
  $13::text::uuid[], $14::text::bigint[], $15::text::smallint[], $16::text::text[], $17::text::bigint[], $18::text::bigint[],
  $19::text::bigint[], $20::text::bigint[], $21::text::bigint[], $22::text::bigint[], $23::text::bigint[],
  $24::text::jsonb[]
)
