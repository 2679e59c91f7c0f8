-- The credit of a conversion in all versions up to one.
-- $1 website_id, $2 conversion_id, $3 version
-- Index: conversion_credits_pkey
select version, model, touch_id::text, weight, value_cents::float8
from conversion_credits
where website_id = $1::text::bigint
  and conversion_id = $2::text::bigint
  and version <= $3::integer
