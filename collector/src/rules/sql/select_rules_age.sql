-- For how long the conversion rules of a website have been as they are, in ms; null: it has none.
-- $1 website_id
-- Index: conversion_rule_position_is_unique
select date_part('epoch', now() - max(updated_at)) * 1000 as age_ms
from conversion_rules
where website_id = $1::text::bigint
