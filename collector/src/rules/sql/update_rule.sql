-- Changes a conversion rule.
-- $1 website_id, $2 id, $3 name, $4 matcher, $5 value, $6 counting, $7 lookback_days, $8 default_model, $9 models, $10 status
-- Index: conversion_rules_pkey
update conversion_rules
set
  name = $3::text,
  matcher = $4::text::jsonb,
  value = $5::text::jsonb,
  counting = $6::text,
  lookback_days = $7::integer,
  default_model = $8::text,
  models = $9::text::jsonb,
  status = $10::text,
  updated_at = now()
where website_id = $1::text::bigint
  and id = $2::text::bigint
