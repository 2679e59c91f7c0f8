-- Records conflicts; one that is known is seen again, at most hourly. It is settled already if both customers are one person.
-- $1 website_id, $2 kind, $3 customer_id, $4 other_customer_id, $5 identity_id: in lock order
-- Index: conflict_is_kept_once, customers_pkey
insert into identity_conflicts as k (
  website_id, kind, customer_id, other_customer_id, identity_id, status, first_seen_at, last_seen_at
)
select
  v.website_id, v.kind, v.customer_id, v.other_customer_id, v.identity_id,
  case when one.canonical_id = other.canonical_id then 'merged' else 'open' end,
  now(), now()
from (
  select
    unnest($1::text::bigint[]) as website_id,
    unnest($2::text::text[]) as kind,
    unnest($3::text::bigint[]) as customer_id,
    unnest($4::text::bigint[]) as other_customer_id,
    unnest($5::text::bigint[]) as identity_id
) v
join customers one on one.website_id = v.website_id and one.id = v.customer_id
left join customers other on other.website_id = v.website_id and other.id = v.other_customer_id
on conflict (website_id, kind, customer_id, other_customer_id, identity_id) do update
set
  last_seen_at = excluded.last_seen_at,
  updated_at = now()
where excluded.last_seen_at > k.last_seen_at + interval '1 hour'
