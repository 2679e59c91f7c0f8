-- Whether there is such a merge, in force or undone.
-- $1 website_id, $2 id
-- Index: customer_merges_pkey
select id::text
from customer_merges
where website_id = $1::text::bigint
  and id = $2::text::bigint
