-- The erasure of a customer, or of the person who has an identity while it goes on.
-- $1 website_id, $2 customer_id: null: by identity, $3 identity_hash: null: by customer
-- Index: erasures_pkey
select id::text, website_id::text, customer_id::text, erased_by, receipt, updated_at
from erasures
where website_id = $1::text::bigint
  and (receipt -> 'customer_ids' @> to_jsonb($2::text) or receipt -> 'pending' -> 'identity_hashes' @> to_jsonb($3::text))
order by erasures.id desc
limit 1
