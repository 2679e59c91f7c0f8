-- Sets the landing, with its source, of sessions that have none, or whose landing it replaces.
-- $1 website_id, $2 id, $3 utm_source_id, $4 utm_medium_id, $5 utm_campaign_id, $6 utm_term_id, $7 utm_content_id,
-- $8 referrer_domain_id, $9 landing_page_id, $10 landing_url, $11 referrer_url, $12 replaces: in lock order
-- Index: sessions_tracking_pkey
update sessions_tracking s
set
  utm_source_id = v.utm_source_id,
  utm_medium_id = v.utm_medium_id,
  utm_campaign_id = v.utm_campaign_id,
  utm_term_id = v.utm_term_id,
  utm_content_id = v.utm_content_id,
  referrer_domain_id = v.referrer_domain_id,
  landing_page_id = v.landing_page_id,
  landing_url = v.landing_url,
  referrer_url = v.referrer_url,
  updated_at = now()
from (
  select
    unnest($1::text::bigint[]) as website_id,
    unnest($2::text::bigint[]) as id,
    unnest($3::text::bigint[]) as utm_source_id,
    unnest($4::text::bigint[]) as utm_medium_id,
    unnest($5::text::bigint[]) as utm_campaign_id,
    unnest($6::text::bigint[]) as utm_term_id,
    unnest($7::text::bigint[]) as utm_content_id,
    unnest($8::text::bigint[]) as referrer_domain_id,
    unnest($9::text::bigint[]) as landing_page_id,
    unnest($10::text::text[]) as landing_url,
    unnest($11::text::text[]) as referrer_url,
    unnest($12::text::boolean[]) as replaces
) v
where s.website_id = v.website_id
  and s.id = v.id
  and (s.landing_url is null or v.replaces)
