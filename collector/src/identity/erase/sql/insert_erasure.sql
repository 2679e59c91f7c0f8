-- Adds the record of an erasure.
-- $1 website_id, $2 customer_id, $3 erased_by, $4 receipt
-- Index: erasures_pkey
insert into erasures (website_id, customer_id, erased_by, receipt)
values ($1::text::bigint, $2::text::bigint, $3::text, $4::text::jsonb)
returning id::text
