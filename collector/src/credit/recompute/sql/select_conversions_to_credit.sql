-- Of persons in a given order, the next conversions after the last one that is done, and all others of their orders, with what
-- their rules decide about credit. A conversion that is not due, or another person's, has no rank.
-- $1 website_id, $2 customer_id, $3 rank: of the person, $4 position, $5 limit
-- Index: conversions_by_customer, conversions_by_conversion_id, conversion_rules_pkey
with due as (
  select c.website_id, c.id, c.name, c.conversion_id, v.rank
  from (
    select
      unnest($1::text::bigint[]) as website_id,
      unnest($2::text::bigint[]) as customer_id,
      unnest($3::text::integer[]) as rank,
      unnest($4::text::bigint[]) as position
  ) v
  join conversions c using (website_id, customer_id)
  where c.id > v.position
  order by v.rank, c.id
  limit $5::integer
), concerned as (
  select website_id, id from due
  union
  select o.website_id, o.id
  from due
  join conversions o using (website_id, name, conversion_id)
)
select
  c.website_id::text,
  c.id::float8,
  c.customer_id::text,
  c.event_id::text,
  c.name,
  c.conversion_id,
  round(date_part('epoch', c.occurred_at) * 1000) as occurred_at,
  c.value_cents::float8,
  c.currency,
  c.counted,
  c.attribution_version,
  c.rule_id::text,
  r.lookback_days as rule_lookback_days,
  r.default_model as rule_default_model,
  r.models as rule_models,
  due.rank
from concerned
join conversions c using (website_id, id)
left join due using (website_id, id)
left join conversion_rules r on r.website_id = c.website_id and r.id = c.rule_id
order by due.rank, c.id
