-- When the first and the latest event of a website occurred, in epoch ms; null: it has none.
-- $1 website_id
-- Index: events_pkey
select
  (
    select date_part('epoch', occurred_at) * 1000
    from events
    where website_id = $1::text::bigint
    order by occurred_at
    limit 1
  ) as first,
  (
    select date_part('epoch', occurred_at) * 1000
    from events
    where website_id = $1::text::bigint
    order by occurred_at desc
    limit 1
  ) as latest
