-- Of persons, the conversions that may count or not: of rules that count one, all; else those that do not count. Also anyone's refunds
-- of these, and refunds that do not count although what they refund does, or is not stored.
-- $1 website_id, $2 person_id
-- Index: customers_pkey, customers_by_merged_into, conversions_by_customer, conversion_rules_pkey, conversions_by_conversion_id
with own as (
  select
    v.person_id,
    c.*,
    coalesce(c.value_cents, 0) < 0 as is_refund,
    not c.counted or r.counting <> 'every' as is_open,
    r.counting
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
), countable as (
  select person_id, website_id, id, counting
  from own
  where not is_refund and is_open
  union
  select sale.person_id, f.website_id, f.id, null
  from own sale
  join conversions f
    on f.website_id = sale.website_id
    and f.name = sale.name
    and f.conversion_id = sale.conversion_id
    and f.currency is not distinct from sale.currency
    and f.value_cents < 0
  where not sale.is_refund
    and (sale.is_open or not f.counted)
  union
  select f.person_id, f.website_id, f.id, null
  from own f
  where f.is_refund
    and not f.counted
    and not exists (
      select
      from conversions sale
      where sale.website_id = f.website_id
        and sale.name = f.name
        and sale.conversion_id = f.conversion_id
        and sale.currency is not distinct from f.currency
        and coalesce(sale.value_cents, 0) >= 0
    )
)
select
  c.website_id::text,
  k.person_id::text,
  c.event_id::text,
  c.name,
  c.rule_id::text,
  k.counting,
  c.session_id::text,
  c.conversion_id,
  c.currency,
  round(date_part('epoch', c.occurred_at) * 1000) as occurred_at,
  c.value_cents::float8,
  c.counted
from countable k
join conversions c using (website_id, id)
