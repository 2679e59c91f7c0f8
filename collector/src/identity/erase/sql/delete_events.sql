-- Deletes some of the events of customers; their keys stay, so that a copy remains a duplicate.
-- $1 website_id, $2 customer_ids, $3 limit
-- Index: events_by_customer, events_pkey
with gone as (
  delete from events e
  using (
    select occurred_at, id
    from events
    where website_id = $1::text::bigint
      and customer_id = any ($2::text::bigint[])
    limit $3::integer
  ) v
  where e.website_id = $1::text::bigint
    and e.occurred_at = v.occurred_at
    and e.id = v.id
  returning 1
)
select count(*)::float8 as removed, '[]'::json as dependents from gone
