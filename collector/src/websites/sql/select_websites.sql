-- All websites.
-- no parameters
-- Index: websites_pkey
select id::text, key, name, url, status, settings
from websites
order by websites.id
