-- The conversions with an order number, of one name or of all: there are few names, and each is looked up by the index.
-- $1 website_id, $2 conversion_id, $3 name: null for all
-- Index: conversions_by_conversion_id
with recursive names as (
  (
    select name
    from conversions
    where website_id = $1::text::bigint and conversion_id is not null
    order by name
    limit 1
  )
  union all
  select (
    select c.name
    from conversions c
    where c.website_id = $1::text::bigint and c.conversion_id is not null and c.name > n.name
    order by c.name
    limit 1
  )
  from names n
  where n.name is not null
)
select
  c.id::text,
  c.name,
  c.currency,
  c.value_cents::float8,
  c.over_refund_cents::float8,
  c.counted,
  round(date_part('epoch', c.occurred_at) * 1000) as at
from names n
join conversions c on c.website_id = $1::text::bigint and c.name = n.name and c.conversion_id = $2::text
where $3::text is null
  or n.name = $3::text
order by c.occurred_at, c.id
