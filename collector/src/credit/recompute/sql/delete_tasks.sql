-- Removes tasks from the queue.
-- $1 website_id, $2 id
-- Index: credit_queue_pkey
delete from credit_queue q
using (
  select unnest($1::text::bigint[]) as website_id, unnest($2::text::bigint[]) as id
) v
where q.website_id = v.website_id
  and q.id = v.id
