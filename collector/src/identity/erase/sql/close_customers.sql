-- Marks customers whose rows are being removed: they are no one's part, and have no user id.
-- $1 website_id, $2 customer_ids
-- Index: customers_pkey
update customers
set
  user_identity_id = null,
  email_hash = null,
  merged_into_id = null,
  status = 'erased',
  updated_at = now()
where website_id = $1::text::bigint
  and id = any ($2::text::bigint[])
