-- The customers of a person, as they are.
-- $1 website_id, $2 customer_ids
-- Index: customers_pkey
select
  c.id::text,
  c.user_identity_id is not null as has_user_id,
  c.email_hash,
  c.first_seen_at,
  c.last_seen_at,
  c.first_touch_id::text,
  c.last_touch_id::text
from customers c
where c.website_id = $1::text::bigint
  and c.id = any ($2::text::bigint[])
order by c.id
