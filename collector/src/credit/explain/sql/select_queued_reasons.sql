-- Why conversions of customers wait to be credited again; no row: they do not.
-- $1 website_id, $2 customer_id: each once
-- Index: credit_queue_by_customer
select distinct q.reason
from (
  select unnest($1::text::bigint[]) as website_id, unnest($2::text::bigint[]) as customer_id
) v
join credit_queue q on q.website_id = v.website_id and q.customer_id = v.customer_id
order by q.reason
