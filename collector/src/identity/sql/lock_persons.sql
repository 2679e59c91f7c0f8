-- Takes the locks of websites under which it is decided who is one person.
-- $1 website_id: in lock order
-- Index: none
select pg_advisory_xact_lock(hashtextextended('headwater.persons', v.website_id))::text
from (
  select unnest($1::text::bigint[]) as website_id
) v
