-- Sets whether conversions count, and corrects the counts of their sessions; refunds are in no such count.
-- $1 website_id, $2 event_id, $3 counted: in lock order
-- Index: event_is_at_most_one_conversion, sessions_tracking_pkey
with changed as (
  update conversions c
  set
    counted = v.counted,
    updated_at = now()
  from (
    select
      unnest($1::text::bigint[]) as website_id,
      unnest($2::text::bigint[]) as event_id,
      unnest($3::text::boolean[]) as counted
  ) v
  where c.website_id = v.website_id
    and c.event_id = v.event_id
    and c.counted <> v.counted
  returning c.website_id, c.session_id, c.counted, coalesce(c.value_cents, 0) >= 0 as is_sale
)
update sessions_tracking s
set
  conversion_count = s.conversion_count + d.difference,
  updated_at = now()
from (
  select website_id, session_id, sum(case when counted then 1 else -1 end) as difference
  from changed
  where is_sale and session_id is not null
  group by website_id, session_id
) d
where s.website_id = d.website_id
  and s.id = d.session_id
