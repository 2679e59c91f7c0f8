-- The sessions of visitors that overlap a span of time; what continues them is decided by the rule.
-- $1 website ids, $2 cookie identity ids, $3 from, $4 until: one entry a visitor
-- Index: session_is_unique_per_cookie, customers_pkey, identities_pkey
select
  s.website_id::text,
  s.cookie_identity_id::text,
  s.client_session_id::text,
  (extract(epoch from s.started_at) * 1000)::float8 as started_at_ms,
  (extract(epoch from s.ended_at) * 1000)::float8 as ended_at_ms,
  s.landing_url,
  u.value_hash as user_value_hash,
  s.utm_source_id::text,
  s.utm_medium_id::text,
  s.utm_campaign_id::text,
  s.utm_term_id::text,
  s.utm_content_id::text,
  s.referrer_domain_id::text,
  s.landing_page_id::text
from unnest($1::text::bigint[], $2::text::bigint[], $3::text::timestamptz[], $4::text::timestamptz[])
  as v (website_id, cookie_identity_id, since, until)
join sessions_tracking s
  on s.website_id = v.website_id
  and s.cookie_identity_id = v.cookie_identity_id
  and s.ended_at >= v.since
  and s.started_at <= v.until
join customers c on c.website_id = s.website_id and c.id = s.customer_id
left join identities u on u.website_id = c.website_id and u.id = c.user_identity_id
