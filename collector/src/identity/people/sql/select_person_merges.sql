-- The merges that name customers, undone ones included.
-- $1 website_id, $2 customer_ids
-- Index: customer_merges_by_from, customer_merges_by_into
select
  m.id::text,
  m.from_customer_id::text as from,
  m.into_customer_id::text as into,
  m.cause,
  m.merged_by,
  m.source_event_id::text,
  m.reason,
  m.created_at as merged_at,
  m.undone_by,
  m.undone_at
from customer_merges m
where m.website_id = $1::text::bigint
  and (m.from_customer_id = any ($2::text::bigint[]) or m.into_customer_id = any ($2::text::bigint[]))
order by m.id
