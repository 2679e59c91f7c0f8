-- The last of the next events after a position, up to another one, and how many they are; nothing if there are none.
-- $1 website_id, $2 after_at, $3 after_id, $4 to_at, $5 to_id, $6 limit
-- Index: events_pkey
select to_char(w.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, w.id::text, (count(*) over ())::float8 as events
from (
  select e.occurred_at, e.id
  from events e
  where e.website_id = $1::text::bigint
    and e.occurred_at between $2::text::timestamptz and $4::text::timestamptz
    and (e.occurred_at, e.id) > ($2::text::timestamptz, $3::text::bigint)
    and (e.occurred_at, e.id) <= ($4::text::timestamptz, $5::text::bigint)
  order by e.occurred_at, e.id
  limit $6::integer
) w
order by w.occurred_at desc, w.id desc
limit 1
