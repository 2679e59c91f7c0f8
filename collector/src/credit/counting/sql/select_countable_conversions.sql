-- Of persons, the conversions that may count or not: of rules that count one, those that do not count, and refunds of orders.
-- $1 website_id, $2 person_id
-- Index: customers_pkey, customers_by_merged_into, conversions_by_customer, conversion_rules_pkey
select
  c.website_id::text,
  v.person_id::text,
  c.event_id::text,
  c.name,
  c.rule_id::text,
  r.counting,
  c.session_id::text,
  c.conversion_id,
  round(date_part('epoch', c.occurred_at) * 1000) as occurred_at,
  c.value_cents::float8,
  c.counted
from (
  select unnest($1::text::bigint[]) as website_id, unnest($2::text::bigint[]) as person_id
) v
cross join lateral (
  select v.person_id as id
  union all
  select m.id
  from customers m
  where m.website_id = v.website_id and m.merged_into_id = v.person_id
) m
join conversions c on c.website_id = v.website_id and c.customer_id = m.id
left join conversion_rules r on r.website_id = c.website_id and r.id = c.rule_id
where not c.counted
  or r.counting <> 'every'
  or (c.value_cents < 0 and c.conversion_id is not null)
