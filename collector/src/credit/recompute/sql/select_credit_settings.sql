-- The settings of websites.
-- $1 id
-- Index: websites_pkey
select w.id::text, w.settings
from (
  select unnest($1::text::bigint[]) as id
) v
join websites w using (id)
