-- Changes what rules say about conversions whose order numbers are released; of several with one name and number the earliest, if no
-- other conversion has them. The others are missing from the result.
-- $1 website_id, $2 event_id, $3 occurred_at, $4 name, $5 conversion_id, $6 value_cents, $7 currency, $8 rule_id, $9 counted
-- Index: event_is_at_most_one_conversion, conversion_counts_once_per_name_and_id
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
    given.*,
    conversion_id is not null and coalesce(value_cents, 0) >= 0 as is_unique,
    row_number() over (
      partition by website_id, name, conversion_id, coalesce(value_cents, 0) >= 0
      order by occurred_at, event_id
    ) as place
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
      unnest($9::text::boolean[]) as counted
  ) given
) v
where c.website_id = v.website_id
  and c.event_id = v.event_id
  and (
    not v.is_unique
    or v.place = 1
    and not exists (
      select
      from conversions o
      where o.website_id = v.website_id
        and o.name = v.name
        and o.conversion_id = v.conversion_id
        and coalesce(o.value_cents, 0) >= 0
    )
  )
returning c.event_id::text
