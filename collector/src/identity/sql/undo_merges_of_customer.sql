-- Undoes the merges in force that name a customer, or only those with a certain other one.
-- $1 website_id, $2 customer_id, $3 other_id: null: any, $4 undone_by
-- Index: customer_merges_by_from, customer_merges_by_into, customer_merges_pkey
update customer_merges m
set
  undone_at = now(),
  undone_by = $4::text,
  updated_at = now()
from (
  select id, into_customer_id as other_id
  from customer_merges
  where website_id = $1::text::bigint and from_customer_id = $2::text::bigint
  union all
  select id, from_customer_id
  from customer_merges
  where website_id = $1::text::bigint and into_customer_id = $2::text::bigint
) named
where m.website_id = $1::text::bigint
  and m.id = named.id
  and m.undone_at is null
  and ($3::text is null or named.other_id = $3::text::bigint)
returning
  m.id::text,
  m.website_id::text,
  m.from_customer_id::text as "from",
  m.into_customer_id::text as "into",
  m.cause
