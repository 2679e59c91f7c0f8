-- The customers of a person, and all that a merge connects with them, whether it is in force or undone.
-- $1 website_id, $2 person_id, $3 limit
-- Index: customers_pkey, customers_by_merged_into, customer_merges_by_from, customer_merges_by_into
with recursive connected as (
  select id
  from customers
  where website_id = $1::text::bigint
    and (id = $2::text::bigint or merged_into_id = $2::text::bigint)
  union
  select m.id
  from connected c
  cross join lateral (
    select into_customer_id as id
    from customer_merges
    where website_id = $1::text::bigint and from_customer_id = c.id
    union all
    select from_customer_id
    from customer_merges
    where website_id = $1::text::bigint and into_customer_id = c.id
  ) m
)
select
  k.id::text,
  k.canonical_id::text as person_id,
  k.user_identity_id is not null as is_known,
  round(date_part('epoch', k.first_seen_at) * 1000) as first_seen_at,
  round(date_part('epoch', k.last_seen_at) * 1000) as last_seen_at
from connected c
join customers k on k.website_id = $1::text::bigint and k.id = c.id
order by k.canonical_id = $2::text::bigint desc, k.id
limit $3::integer
