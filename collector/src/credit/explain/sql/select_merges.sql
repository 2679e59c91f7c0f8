-- The merges of customers, whether they are in force or undone.
-- $1 website_id, $2 customer_id: each once
-- Index: customer_merges_by_from
select
  m.id::text,
  m.from_customer_id::text,
  m.into_customer_id::text,
  m.cause,
  m.merged_by,
  m.reason,
  m.undone_by,
  round(date_part('epoch', m.created_at) * 1000) as at,
  round(date_part('epoch', m.undone_at) * 1000) as undone_at
from (
  select unnest($1::text::bigint[]) as website_id, unnest($2::text::bigint[]) as customer_id
) v
join customer_merges m on m.website_id = v.website_id and m.from_customer_id = v.customer_id
order by m.id
