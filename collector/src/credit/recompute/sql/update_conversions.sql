-- Updates conversions to another version of their credit, unless another transaction has done so.
-- $1 website_id, $2 id, $3 former_version, $4 version, $5 first_touch_id, $6 last_non_direct_touch_id, $7 attributed_touch_id,
-- $8 attribution_model, $9 attribution_weight, $10 lookback_days, $11 over_refund_cents: in lock order
-- Index: conversions_pkey
update conversions c
set
  first_touch_id = v.first_touch_id,
  last_non_direct_touch_id = v.last_non_direct_touch_id,
  attributed_touch_id = v.attributed_touch_id,
  attribution_model = v.attribution_model,
  attribution_weight = v.attribution_weight,
  attribution_version = v.version,
  lookback_days = v.lookback_days,
  over_refund_cents = v.over_refund_cents,
  updated_at = now()
from (
  select
    unnest($1::text::bigint[]) as website_id,
    unnest($2::text::bigint[]) as id,
    unnest($3::text::integer[]) as former_version,
    unnest($4::text::integer[]) as version,
    unnest($5::text::bigint[]) as first_touch_id,
    unnest($6::text::bigint[]) as last_non_direct_touch_id,
    unnest($7::text::bigint[]) as attributed_touch_id,
    unnest($8::text::text[]) as attribution_model,
    unnest($9::text::jsonb[]) as attribution_weight,
    unnest($10::text::integer[]) as lookback_days,
    unnest($11::text::bigint[]) as over_refund_cents
) v
where c.website_id = v.website_id
  and c.id = v.id
  and c.attribution_version = v.former_version
