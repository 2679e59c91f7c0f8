-- Which of some names the latest events of a website have.
-- $1 website_id, $2 names: a JSON list, $3 limit: of events
-- Index: events_pkey
select distinct e.name
from (
  select name
  from events
  where website_id = $1::text::bigint
  order by occurred_at desc, id desc
  limit $3::integer
) e
where e.name in (select jsonb_array_elements_text($2::text::jsonb))
