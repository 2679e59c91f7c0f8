-- Moves a conversion rule to a position; those from there on move back by one.
-- $1 website_id, $2 id, $3 position
-- Index: conversion_rule_position_is_unique
update conversion_rules
set
  position = case when id = $2::text::bigint then $3::integer else position + 1 end,
  updated_at = now()
where website_id = $1::text::bigint
  and (id = $2::text::bigint or position >= $3::integer)
