-- Deletes some of the sessions of customers.
-- $1 website_id, $2 customer_ids, $3 limit
-- Index: sessions_by_customer, sessions_tracking_pkey
with gone as (
  delete from sessions_tracking s
  using (
    select id
    from sessions_tracking
    where website_id = $1::text::bigint
      and customer_id = any ($2::text::bigint[])
    limit $3::integer
  ) v
  where s.website_id = $1::text::bigint
    and s.id = v.id
  returning 1
)
select count(*)::float8 as removed, '[]'::json as dependents from gone
