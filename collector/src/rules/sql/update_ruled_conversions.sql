-- Changes what rules say about conversions; one that another rule takes over is counted as that says.
-- $1 website_id, $2 event_id, $3 name, $4 conversion_id, $5 value_cents, $6 currency, $7 rule_id, $8 counted: in lock order
-- Index: event_is_at_most_one_conversion
update conversions c
set
  name = v.name,
  conversion_id = v.conversion_id,
  value_cents = v.value_cents,
  currency = v.currency,
  rule_id = v.rule_id,
  counted = case when c.rule_id = v.rule_id then c.counted else v.counted end,
  updated_at = now()
from (
  select
    unnest($1::text::bigint[]) as website_id,
    unnest($2::text::bigint[]) as event_id,
    unnest($3::text::text[]) as name,
    unnest($4::text::text[]) as conversion_id,
    unnest($5::text::bigint[]) as value_cents,
    unnest($6::text::text[]) as currency,
    unnest($7::text::bigint[]) as rule_id,
    unnest($8::text::boolean[]) as counted
) v
where c.website_id = v.website_id
  and c.event_id = v.event_id
