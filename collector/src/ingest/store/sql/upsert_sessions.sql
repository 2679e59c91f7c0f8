-- Opens sessions or adds to them, whatever the order of arrival; a session stays with the customer who opened it. One that was
-- opened without its landing gets it, with all that belongs to it, when a later row tells it.
-- $1 website ids, $2 customer ids, $3 cookie identity ids, $4 client session ids, $5 started, $6 ended, $7 views,
-- $8–12 utm ids, $13 referrer domain ids, $14 landing page ids, $15 landing urls, $16 referrer urls, $17 ips, $18 user agents, $19 bots
-- Index: session_is_unique_per_cookie
insert into sessions_tracking as s (
  website_id, customer_id, cookie_identity_id, client_session_id, started_at, ended_at, view_count,
  utm_source_id, utm_medium_id, utm_campaign_id, utm_term_id, utm_content_id, referrer_domain_id, landing_page_id,
  landing_url, referrer_url, ip, user_agent, is_bot
)
select *
from unnest(
  $1::text::bigint[], $2::text::bigint[], $3::text::bigint[], $4::text::uuid[], $5::text::timestamptz[], $6::text::timestamptz[],
  $7::text::integer[], $8::text::bigint[], $9::text::bigint[], $10::text::bigint[], $11::text::bigint[], $12::text::bigint[],
  $13::text::bigint[], $14::text::bigint[], $15::text::text[], $16::text::text[], $17::text::text[], $18::text::text[],
  $19::text::boolean[]
)
on conflict (website_id, cookie_identity_id, client_session_id) do update
set
  started_at = least(s.started_at, excluded.started_at),
  ended_at = greatest(s.ended_at, excluded.ended_at),
  view_count = s.view_count + excluded.view_count,
  utm_source_id = case when s.landing_url is null and excluded.landing_url is not null then excluded.utm_source_id else s.utm_source_id end,
  utm_medium_id = case when s.landing_url is null and excluded.landing_url is not null then excluded.utm_medium_id else s.utm_medium_id end,
  utm_campaign_id = case when s.landing_url is null and excluded.landing_url is not null then excluded.utm_campaign_id else s.utm_campaign_id end,
  utm_term_id = case when s.landing_url is null and excluded.landing_url is not null then excluded.utm_term_id else s.utm_term_id end,
  utm_content_id = case when s.landing_url is null and excluded.landing_url is not null then excluded.utm_content_id else s.utm_content_id end,
  referrer_domain_id = case when s.landing_url is null and excluded.landing_url is not null then excluded.referrer_domain_id else s.referrer_domain_id end,
  landing_page_id = case when s.landing_url is null and excluded.landing_url is not null then excluded.landing_page_id else s.landing_page_id end,
  referrer_url = case when s.landing_url is null and excluded.landing_url is not null then excluded.referrer_url else s.referrer_url end,
  landing_url = coalesce(s.landing_url, excluded.landing_url),
  updated_at = now()
returning website_id::text, cookie_identity_id::text, client_session_id::text, id::text, customer_id::text
