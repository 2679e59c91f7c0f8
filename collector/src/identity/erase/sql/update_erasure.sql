-- Replaces the receipt of an erasure.
-- $1 website_id, $2 id, $3 receipt
-- Index: erasures_pkey
update erasures
set
  receipt = $3::text::jsonb,
  updated_at = now()
where website_id = $1::text::bigint
  and id = $2::text::bigint
returning id::text, website_id::text, customer_id::text, erased_by, receipt, updated_at
