-- Inserts the event counts of requests.
-- $1 website_id, $2 ingestion_token_id, $3 occurred_at, $4 ip, $5 success, $6 error_code, $7 request_id, $8 received, $9 stored,
-- $10 duplicate, $11 rejected, $12 dropped
-- Index: token_usages_pkey
insert into token_usages (
  website_id, ingestion_token_id, occurred_at, ip, success, error_code, request_id, received, stored, duplicate, rejected, dropped
)
select
  unnest($1::text::bigint[]),
  unnest($2::text::bigint[]),
  to_timestamp(unnest($3::text::float8[]) / 1000),
  unnest($4::text::text[]),
  unnest($5::text::boolean[]),
  unnest($6::text::text[]),
  unnest($7::text::text[]),
  unnest($8::text::integer[]),
  unnest($9::text::integer[]),
  unnest($10::text::integer[]),
  unnest($11::text::integer[]),
  unnest($12::text::jsonb[])
