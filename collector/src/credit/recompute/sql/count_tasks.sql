-- How many tasks are in the queue, counted up to a limit.
-- $1 limit
-- Index: credit_queue_by_id
select count(*)::float8 as count
from (select from credit_queue order by id limit $1::integer) q
