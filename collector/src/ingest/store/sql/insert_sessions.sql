-- Inserts sessions with their reserved ids.
-- $1 website_id, $2 id, $3 customer_id, $4 type, $5 value_hash, $6 client_session_id, $7 started_at, $8 ended_at, $9 view_count,
-- $10 utm_source_id, $11 utm_medium_id, $12 utm_campaign_id, $13 utm_term_id, $14 utm_content_id, $15 referrer_domain_id,
-- $16 landing_page_id, $17 landing_url, $18 referrer_url, $19 ip, $20 user_agent, $21 is_bot, $22 ingestion_token_id, $23 sdk_version,
-- $24 is_assigned
-- Index: identity_is_unique_per_website
insert into sessions_tracking (
  website_id, id, customer_id, cookie_identity_id, client_session_id, started_at, ended_at, view_count, utm_source_id,
  utm_medium_id, utm_campaign_id, utm_term_id, utm_content_id, referrer_domain_id, landing_page_id, landing_url, referrer_url, ip,
  user_agent, is_bot, ingestion_token_id, sdk_version, is_assigned
)
select
  v.website_id, v.id, v.customer_id, i.id, v.client_session_id, v.started_at, v.ended_at, v.view_count, v.utm_source_id,
  v.utm_medium_id, v.utm_campaign_id, v.utm_term_id, v.utm_content_id, v.referrer_domain_id, v.landing_page_id, v.landing_url,
  v.referrer_url, v.ip, v.user_agent, v.is_bot, v.ingestion_token_id, v.sdk_version, v.is_assigned
from (
  select
    unnest($1::text::bigint[]) as website_id,
    unnest($2::text::bigint[]) as id,
    unnest($3::text::bigint[]) as customer_id,
    unnest($4::text::text[]) as type,
    unnest($5::text::text[]) as value_hash,
    unnest($6::text::uuid[]) as client_session_id,
    to_timestamp(unnest($7::text::float8[]) / 1000) as started_at,
    to_timestamp(unnest($8::text::float8[]) / 1000) as ended_at,
    unnest($9::text::integer[]) as view_count,
    unnest($10::text::bigint[]) as utm_source_id,
    unnest($11::text::bigint[]) as utm_medium_id,
    unnest($12::text::bigint[]) as utm_campaign_id,
    unnest($13::text::bigint[]) as utm_term_id,
    unnest($14::text::bigint[]) as utm_content_id,
    unnest($15::text::bigint[]) as referrer_domain_id,
    unnest($16::text::bigint[]) as landing_page_id,
    unnest($17::text::text[]) as landing_url,
    unnest($18::text::text[]) as referrer_url,
    unnest($19::text::text[]) as ip,
    unnest($20::text::text[]) as user_agent,
    unnest($21::text::boolean[]) as is_bot,
    unnest($22::text::bigint[]) as ingestion_token_id,
    unnest($23::text::text[]) as sdk_version,
    unnest($24::text::boolean[]) as is_assigned
) v
join identities i using (website_id, type, value_hash)
