-- Makes conversions of stored events, to be credited by the worker. One whose name and conversion id exist is skipped, and missing
-- from the result.
-- $1 website_id, $2 event_id, $3 occurred_at, $4 name, $5 conversion_id, $6 value_cents, $7 currency, $8 rule_id, $9 counted,
-- $10 attribution_model, $11 lookback_days: in lock order
-- Index: events_pkey, event_is_at_most_one_conversion, conversion_counts_once_per_name_and_id
insert into conversions (
  website_id, customer_id, session_id, event_id, name, conversion_id, occurred_at, value_cents, currency, rule_id, counted,
  attribution_model, attribution_weight, lookback_days
)
select
  e.website_id, e.customer_id, e.session_id, e.id, v.name, v.conversion_id, e.occurred_at, v.value_cents, v.currency, v.rule_id,
  v.counted, v.attribution_model, '{}', v.lookback_days
from (
  select
    unnest($1::text::bigint[]) as website_id,
    unnest($2::text::bigint[]) as event_id,
    unnest($3::text::timestamptz[]) as occurred_at,
    unnest($4::text::text[]) as name,
    unnest($5::text::text[]) as conversion_id,
    unnest($6::text::bigint[]) as value_cents,
    unnest($7::text::text[]) as currency,
    unnest($8::text::bigint[]) as rule_id,
    unnest($9::text::boolean[]) as counted,
    unnest($10::text::text[]) as attribution_model,
    unnest($11::text::integer[]) as lookback_days
) v
join events e on e.website_id = v.website_id and e.occurred_at = v.occurred_at and e.id = v.event_id
order by e.occurred_at, e.id
on conflict do nothing
returning event_id::text
