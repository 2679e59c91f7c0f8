-- Deletes a conversion rule that has no conversions.
-- $1 website_id, $2 id
-- Index: conversion_rules_pkey, conversions_by_rule
delete from conversion_rules r
where r.website_id = $1::text::bigint
  and r.id = $2::text::bigint
  and not exists (select from conversions c where c.website_id = r.website_id and c.rule_id = r.id)
returning id::text
