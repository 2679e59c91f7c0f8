-- Stores the credit of each touch for a conversion, a row a model.
-- $1 website ids, $2 conversion ids, $3 models, $4 versions, $5 touch ids, $6 weights, $7 values
-- Index: conversion_credits_pkey
insert into conversion_credits (website_id, conversion_id, model, version, touch_id, weight, value_cents)
select *
from unnest(
  $1::text::bigint[], $2::text::bigint[], $3::text::text[], $4::text::integer[], $5::text::bigint[], $6::text::float8[], $7::text::bigint[]
)
