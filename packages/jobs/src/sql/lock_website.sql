-- Locks a website, so that jobs of it are looked for and added one after another.
-- $1 website_id
-- Index: websites_pkey
select
from websites
where id = $1::text::bigint
for no key update
