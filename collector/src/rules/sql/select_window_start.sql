-- The earliest of the events just before a position, and how many they are; nothing if there are none.
-- $1 website_id, $2 before_at, $3 before_id, $4 limit
-- Index: events_pkey
select to_char(w.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, w.id::text, (count(*) over ())::float8 as events
from (
  select e.occurred_at, e.id
  from events e
  where e.website_id = $1::text::bigint
    and e.occurred_at <= $2::text::timestamptz
    and (e.occurred_at, e.id) < ($2::text::timestamptz, $3::text::bigint)
  order by e.occurred_at desc, e.id desc
  limit $4::integer
) w
order by w.occurred_at, w.id
limit 1
