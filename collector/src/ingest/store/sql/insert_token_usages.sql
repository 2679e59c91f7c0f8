-- Counts what requests brought.
-- $1 website ids, $2 token ids, $3 occurred, $4 ips, $5 error codes, $6 request ids, $7 received, $8 stored, $9 duplicate, $10 rejected, $11 dropped
-- Index: token_usages_pkey
insert into token_usages (
  website_id, ingestion_token_id, occurred_at, ip, success, error_code, request_id, received, stored, duplicate, rejected, dropped
)
select
  v.website_id, v.token_id, v.occurred_at, v.ip, v.error_code is null, v.error_code, v.request_id, v.received, v.stored, v.duplicate,
  v.rejected, v.dropped
from unnest(
  $1::text::bigint[], $2::text::bigint[], $3::text::timestamptz[], $4::text::text[], $5::text::text[], $6::text::text[],
  $7::text::integer[], $8::text::integer[], $9::text::integer[], $10::text::integer[],
  $11::text::jsonb[]
) as v (website_id, token_id, occurred_at, ip, error_code, request_id, received, stored, duplicate, rejected, dropped)
