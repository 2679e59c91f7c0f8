-- How many customers are on the queue, counted up to a limit.
-- $1 limit
-- Index: credit_queue_by_customer
select count(*)::float8 as count
from (select distinct website_id, customer_id from credit_queue limit $1::integer) q
