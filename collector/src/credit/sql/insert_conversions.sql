-- Inserts conversions. One whose name and conversion id exist is skipped, and missing from the result; so is one of a deleted rule.
-- $1 website_id, $2 customer_id, $3 session_id, $4 event_id, $5 name, $6 conversion_id, $7 occurred_at, $8 value_cents, $9 currency,
-- $10 first_touch_id, $11 last_non_direct_touch_id, $12 attributed_touch_id, $13 attribution_model, $14 attribution_weight,
-- $15 lookback_days, $16 over_refund_cents, $17 rule_id, $18 counted: in lock order
-- Index: event_is_at_most_one_conversion, conversion_counts_once_per_name_and_id, conversion_rules_pkey
insert into conversions (
  website_id, customer_id, session_id, event_id, name, conversion_id, occurred_at, value_cents, currency, first_touch_id,
  last_non_direct_touch_id, attributed_touch_id, attribution_model, attribution_weight, lookback_days,
  over_refund_cents, rule_id, counted
)
select v.*
from (
  select
    unnest($1::text::bigint[]) as website_id,
    unnest($2::text::bigint[]),
    unnest($3::text::bigint[]),
    unnest($4::text::bigint[]),
    unnest($5::text::text[]),
    unnest($6::text::text[]),
    to_timestamp(unnest($7::text::float8[]) / 1000),
    unnest($8::text::bigint[]),
    unnest($9::text::text[]),
    unnest($10::text::bigint[]),
    unnest($11::text::bigint[]),
    unnest($12::text::bigint[]),
    unnest($13::text::text[]),
    unnest($14::text::jsonb[]),
    unnest($15::text::integer[]),
    unnest($16::text::bigint[]),
    unnest($17::text::bigint[]) as rule_id,
    unnest($18::text::boolean[])
) v
where v.rule_id is null
  or exists (select from conversion_rules r where r.website_id = v.website_id and r.id = v.rule_id)
on conflict do nothing
returning event_id::text
