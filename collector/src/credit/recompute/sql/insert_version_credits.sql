-- Inserts the credit of each touch for versions of conversions, one row per model.
-- $1 website_id, $2 conversion_id, $3 model, $4 version, $5 touch_id, $6 weight, $7 value_cents
-- Index: conversion_credits_pkey
insert into conversion_credits (website_id, conversion_id, model, version, touch_id, weight, value_cents)
select
  unnest($1::text::bigint[]),
  unnest($2::text::bigint[]),
  unnest($3::text::text[]),
  unnest($4::text::integer[]),
  unnest($5::text::bigint[]),
  unnest($6::text::float8[]),
  unnest($7::text::bigint[])
