-- Rewrites the channels of touches.
-- $1 website_id, $2 id, $3 channel, $4 channel_ruleset, $5 is_paid
-- Index: touches_pkey
update touches t
set
  channel = v.channel,
  channel_ruleset = v.channel_ruleset,
  is_paid = v.is_paid,
  updated_at = now()
from (
  select
    unnest($1::text::bigint[]) as website_id,
    unnest($2::text::bigint[]) as id,
    unnest($3::text::text[]) as channel,
    unnest($4::text::text[]) as channel_ruleset,
    unnest($5::text::boolean[]) as is_paid
) v
where t.website_id = v.website_id
  and t.id = v.id
