-- Of the orders that these refunds name, those that do not count.
-- $1 website_id, $2 name, $3 conversion_id, $4 currency
-- Index: conversion_counts_once_per_name_and_id
select distinct c.website_id::text, c.name, c.conversion_id, c.currency
from (
  select
    unnest($1::text::bigint[]) as website_id,
    unnest($2::text::text[]) as name,
    unnest($3::text::text[]) as conversion_id,
    unnest($4::text::text[]) as currency
) v
join conversions c using (website_id, name, conversion_id)
where not c.counted
  and c.currency is not distinct from v.currency
  and coalesce(c.value_cents, 0) >= 0
