-- The conversion rules of a website, in the order in which they decide.
-- $1 website_id
-- Index: conversion_rule_position_is_unique
select
  id::text,
  name,
  position,
  matcher,
  value,
  counting,
  lookback_days,
  default_model,
  models,
  status,
  created_at,
  updated_at
from conversion_rules
where website_id = $1::text::bigint
order by position
