-- The next conversions of a website, with their customers.
-- $1 website_id, $2 after, $3 limit
-- Index: conversions_pkey
select id::text, customer_id::text
from conversions
where website_id = $1::text::bigint
  and id > $2::text::bigint
order by conversions.id
limit $3::integer
