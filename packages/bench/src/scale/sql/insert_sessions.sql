-- Sessions, each with the touch of its landing, its client stream and the request that brought its events.
-- $1 first, $2 last: numbers of sessions
with session as materialized (
  select *, bench.session_end(started_at) as ended_at, coalesce(campaign, referrer) is null as is_direct
  from bench.sessions($1::bigint, $2::bigint)
), stored as (
  insert into sessions_tracking (
    id, website_id, customer_id, cookie_identity_id, client_session_id, started_at, ended_at, view_count, conversion_count,
    landing_page_id, referrer_domain_id, utm_source_id, utm_medium_id, utm_campaign_id, landing_url, referrer_url, ip, user_agent,
    ingestion_token_id, sdk_version
  )
  select
    id, website_id, customer_id, customer_id, client_session_id, started_at, ended_at, 4, buys::integer,
    bench.page_id(website_id, page), bench.referrer_id(website_id, referrer), bench.source_id(website_id, source),
    bench.medium_id(website_id, source), bench.campaign_id(website_id, campaign), 'https://shop.example' || bench.page_path(page),
    (array['https://www.google.com/', 'https://news.example.org/best-shoes'])[referrer + 1], '203.0.113.0',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36',
    website_id, 'headwater-js/0.1.0'
  from session
), touch as (
  insert into touches (
    id, website_id, customer_id, session_id, occurred_at, type, touch_key, is_direct, utm_source_id, utm_medium_id,
    utm_campaign_id, referrer_domain_id, landing_page_id, source_event_id
  )
  select
    id, website_id, customer_id, id, started_at, 'landing', md5(concat_ws(' ', source, campaign, referrer))::uuid, is_direct,
    bench.source_id(website_id, source), bench.medium_id(website_id, source), bench.campaign_id(website_id, campaign),
    bench.referrer_id(website_id, referrer), bench.page_id(website_id, page), event_id
  from session
), stream as (
  insert into client_streams (website_id, stream, highest_seq, stored, first_seen_at, last_seen_at)
  select website_id, client_session_id, 5, 5, started_at, ended_at
  from session
)
insert into token_usages (website_id, ingestion_token_id, occurred_at, ip, request_id, received, stored)
select website_id, website_id, ended_at, '203.0.113.0', client_session_id, 5, 5
from session
