-- Locks an erasure: one step of it runs at a time.
-- $1 website_id, $2 id
-- Index: erasures_pkey
select id::text, website_id::text, customer_id::text, erased_by, receipt, updated_at
from erasures
where website_id = $1::text::bigint
  and id = $2::text::bigint
for update
