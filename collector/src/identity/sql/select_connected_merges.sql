-- The merges in force that connect these customers, directly or through others.
-- $1 website_id, $2 customer_id
-- Index: customer_merges_by_from, customer_merges_by_into
with recursive connected (website_id, id) as (
  select unnest($1::text::bigint[]), unnest($2::text::bigint[])
  union
  select c.website_id, other.id
  from connected c
  cross join lateral (
    select into_customer_id as id
    from customer_merges
    where website_id = c.website_id and from_customer_id = c.id and undone_at is null
    union all
    select from_customer_id
    from customer_merges
    where website_id = c.website_id and into_customer_id = c.id and undone_at is null
  ) other
)
select
  m.id::text,
  m.website_id::text,
  m.from_customer_id::text as "from",
  m.into_customer_id::text as "into",
  m.cause
from connected c
join customer_merges m on m.website_id = c.website_id and m.from_customer_id = c.id
where m.undone_at is null
