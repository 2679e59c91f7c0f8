-- The settings that a website has changed.
-- $1 website_id
-- Index: websites_pkey
select settings
from websites
where id = $1::text::bigint
