-- The newest events of a website, stored and rejected.
-- $1 website_id
-- Index: events_pkey, rejected_events_by_time
select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, type, name, verdict, code, path, message, customer_id, session_id, url
from (
  (
    select
      occurred_at as at, type, name, 'accepted' as verdict, null as code, null as path, null as message,
      customer_id::text, session_id::text, url
    from events
    where website_id = $1::text::bigint
    order by occurred_at desc, id desc
    limit 50
  )
  union all
  (
    select received_at, 'unknown', 'rejected event', 'rejected', code, path, message, null, null, null
    from rejected_events
    where website_id = $1::text::bigint
    order by received_at desc
    limit 50
  )
) newest
order by newest.at desc
limit 50
