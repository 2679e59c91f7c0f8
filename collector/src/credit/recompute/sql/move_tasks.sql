-- Records how far tasks are done.
-- $1 website_id, $2 id, $3 position
-- Index: credit_queue_pkey
update credit_queue q
set position = v.position
from (
  select
    unnest($1::text::bigint[]) as website_id,
    unnest($2::text::bigint[]) as id,
    unnest($3::text::bigint[]) as position
) v
where q.website_id = v.website_id
  and q.id = v.id
