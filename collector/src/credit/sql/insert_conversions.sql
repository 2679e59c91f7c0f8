-- Stores conversions; one whose name and conversion id are taken is left out, and so is missing from the answer.
-- $1 website ids, $2 customer ids, $3 session ids, $4 event ids, $5 names, $6 conversion ids, $7 occurred, $8 values, $9 currencies,
-- $10 first touches, $11 last non-direct touches, $12 attributed touches, $13 models, $14 weights, $15 look-back days
-- Index: event_is_at_most_one_conversion, conversion_counts_once_per_name_and_id
insert into conversions (
  website_id, customer_id, session_id, event_id, name, conversion_id, occurred_at, value_cents, currency, first_touch_id,
  last_non_direct_touch_id, attributed_touch_id, attribution_model, attribution_weight, lookback_days
)
select *
from unnest(
  $1::text::bigint[], $2::text::bigint[], $3::text::bigint[], $4::text::bigint[], $5::text::text[], $6::text::text[],
  $7::text::timestamptz[], $8::text::bigint[], $9::text::text[], $10::text::bigint[], $11::text::bigint[], $12::text::bigint[],
  $13::text::text[], $14::text::jsonb[], $15::text::integer[]
)
on conflict do nothing
returning id::text, event_id::text, attribution_version
