-- Deletes what waits to be credited for customers; rows that a worker holds are its own to delete.
-- $1 website_id, $2 customer_ids
-- Index: credit_queue_by_customer, credit_queue_pkey
with waiting as (
  select id
  from credit_queue
  where website_id = $1::text::bigint
    and customer_id = any ($2::text::bigint[])
  for update skip locked
),
gone as (
  delete from credit_queue q
  using waiting
  where q.website_id = $1::text::bigint
    and q.id = waiting.id
  returning 1
)
select count(*)::float8 as removed from gone
