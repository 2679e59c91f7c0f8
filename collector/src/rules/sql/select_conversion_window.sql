-- The id where a number of conversions after an id ends; nothing if fewer follow.
-- $1 website_id, $2 after_id, $3 conversions
-- Index: conversions_pkey
select id::text
from conversions
where website_id = $1::text::bigint
  and id > $2::text::bigint
order by conversions.id
offset $3::integer - 1
limit 1
