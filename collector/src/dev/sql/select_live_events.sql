-- The newest events of a website, stored and rejected.
-- $1 website_id
-- Index: events_pkey, customers_pkey, rejected_events_by_time
select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, type, name, verdict, code, path, message, customer_id, session_id, url
from (
  (
    select
      e.occurred_at as at, e.type, e.name, 'accepted' as verdict, null as code, null as path, null as message,
      p.canonical_id::text as customer_id, e.session_id::text, e.url
    from events e
    join customers p on p.website_id = e.website_id and p.id = e.customer_id
    where e.website_id = $1::text::bigint
    order by e.occurred_at desc, e.id desc
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
