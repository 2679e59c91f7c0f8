-- The conversions that these refunds refer to, with their credits; an unattributed one has one row without a credit.
-- $1 website_id, $2 name, $3 conversion_id, $4 currency
-- Index: conversion_counts_once_per_name_and_id, conversion_credits_pkey
select
  c.website_id::text,
  c.name,
  c.conversion_id,
  c.currency,
  c.first_touch_id::text,
  c.last_non_direct_touch_id::text,
  c.attributed_touch_id::text,
  c.attribution_weight,
  k.model,
  k.touch_id::text,
  k.weight
from (
  select
    unnest($1::text::bigint[]) as website_id,
    unnest($2::text::text[]) as name,
    unnest($3::text::text[]) as conversion_id,
    unnest($4::text::text[]) as currency
) v
join conversions c
  on c.website_id = v.website_id
  and c.name = v.name
  and c.conversion_id = v.conversion_id
  and coalesce(c.value_cents, 0) >= 0
  and c.currency is not distinct from v.currency
left join conversion_credits k
  on k.website_id = c.website_id
  and k.conversion_id = c.id
  and k.version = c.attribution_version
left join touches t on t.website_id = k.website_id and t.id = k.touch_id
order by c.id, k.model, t.occurred_at, t.id
