-- The erasures of a website at a time, which the identities that they marked keep; two at most.
-- $1 website_id, $2 erased_at: as the receipt has it
-- Index: erasures_pkey
select id::text, website_id::text, customer_id::text, erased_by, receipt, updated_at
from erasures
where website_id = $1::text::bigint
  and receipt ->> 'erased_at' = $2::text
limit 2
