-- Adds a conversion rule behind all others.
-- $1 website_id, $2 name, $3 matcher, $4 value, $5 counting, $6 lookback_days, $7 default_model, $8 models
-- Index: conversion_rule_position_is_unique, conversion_rule_name_is_unique
insert into conversion_rules (website_id, name, position, matcher, value, counting, lookback_days, default_model, models)
select
  $1::text::bigint,
  $2::text,
  coalesce(max(position), 0) + 1,
  $3::text::jsonb,
  $4::text::jsonb,
  $5::text,
  $6::integer,
  $7::text,
  $8::text::jsonb
from conversion_rules
where website_id = $1::text::bigint
returning id::text
