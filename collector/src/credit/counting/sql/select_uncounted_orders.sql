-- Of the orders that these refunds name, those that do not count.
-- $1 website_id, $2 name, $3 conversion_id
-- Index: conversion_counts_once_per_name_and_id
select distinct c.website_id::text, c.name, c.conversion_id
from (
  select
    unnest($1::text::bigint[]) as website_id,
    unnest($2::text::text[]) as name,
    unnest($3::text::text[]) as conversion_id
) v
join conversions c using (website_id, name, conversion_id)
where not c.counted
  and coalesce(c.value_cents, 0) >= 0
