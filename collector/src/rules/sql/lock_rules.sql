-- Locks the conversion rules of a website against other changes; conversions may still refer to them.
-- $1 website_id
-- Index: conversion_rules_pkey
select
from conversion_rules
where website_id = $1::text::bigint
order by id
for no key update
