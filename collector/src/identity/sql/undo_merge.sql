-- Undoes a merge that is in force.
-- $1 website_id, $2 id, $3 undone_by
-- Index: customer_merges_pkey
update customer_merges
set
  undone_at = now(),
  undone_by = $3::text,
  updated_at = now()
where website_id = $1::text::bigint
  and id = $2::text::bigint
  and undone_at is null
returning id::text, website_id::text, from_customer_id::text as "from", into_customer_id::text as "into", cause
