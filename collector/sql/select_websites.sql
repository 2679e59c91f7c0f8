-- All websites.
-- no parameters
-- Index: websites_pkey
select id::text, key, name, url, status
from websites
order by websites.id
