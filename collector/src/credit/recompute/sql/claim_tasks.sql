-- Locks the oldest tasks of the queue, those that are partly done after all others; tasks that another worker has locked are
-- skipped, and so are those of postponed customers.
-- $1 postponed: a JSON list of ids of customers, $2 limit
-- Index: credit_queue_by_turn
select id::text, website_id::text, customer_id::text, reason, position::float8
from credit_queue
where customer_id not in (select value::bigint from jsonb_array_elements_text($1::text::jsonb))
order by credit_queue.position nulls first, credit_queue.id
limit $2::integer
for update skip locked
