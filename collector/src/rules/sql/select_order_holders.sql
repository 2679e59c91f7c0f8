-- The conversions that have these names and order numbers, each with its event where that is still stored.
-- $1 website_id, $2 name, $3 conversion_id
-- Index: conversion_counts_once_per_name_and_id, events_pkey
select
  c.event_id::text as id,
  c.customer_id::text,
  c.rule_id::text,
  c.name as stored_name,
  c.conversion_id as stored_conversion_id,
  c.value_cents::float8 as stored_value_cents,
  c.currency as stored_currency,
  false as is_older_than_rule,
  e.id is not null as has_event,
  to_char(c.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
  e.type,
  e.name,
  e.url,
  e.title,
  e.revenue_cents::float8,
  e.currency,
  e.props,
  e.conversion_id
from (
  select
    unnest($1::text::bigint[]) as website_id,
    unnest($2::text::text[]) as name,
    unnest($3::text::text[]) as conversion_id
) v
join conversions c
  on c.website_id = v.website_id
  and c.name = v.name
  and c.conversion_id = v.conversion_id
  and coalesce(c.value_cents, 0) >= 0
left join events e on e.website_id = c.website_id and e.occurred_at = c.occurred_at and e.id = c.event_id
