-- Those pairs of customers that the collector has merged once, whether or not that was undone.
-- $1 website_id, $2 from_customer_id, $3 into_customer_id, $4 position
-- Index: customer_merges_by_from
select v.position
from (
  select
    unnest($1::text::bigint[]) as website_id,
    unnest($2::text::bigint[]) as from_id,
    unnest($3::text::bigint[]) as into_id,
    unnest($4::text::integer[]) as position
) v
where exists (
  select 1
  from customer_merges m
  where m.website_id = v.website_id
    and m.cause <> 'manual'
    and m.from_customer_id in (v.from_id, v.into_id)
    and m.into_customer_id in (v.from_id, v.into_id)
)
