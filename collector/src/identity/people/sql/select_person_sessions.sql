-- Sessions of customers with names in place of ids, after a place in the order of their ids.
-- $1 website_id, $2 customer_ids, $3 after, $4 limit
-- Index: sessions_by_customer, sessions_tracking_pkey
with mine as materialized (
  select id
  from sessions_tracking
  where website_id = $1::text::bigint
    and customer_id = any ($2::text::bigint[])
    and id > $3::text::bigint
),
page as materialized (
  select id
  from mine
  order by id
  limit $4::integer
)
select
  s.id::text,
  s.customer_id::text,
  s.client_session_id::text,
  s.started_at,
  s.ended_at,
  s.duration_ms::float8,
  s.view_count,
  s.conversion_count,
  s.landing_url,
  s.referrer_url,
  src.value as utm_source,
  med.value as utm_medium,
  cam.value as utm_campaign,
  ter.value as utm_term,
  con.value as utm_content,
  ref.domain as referrer_domain,
  pag.path as landing_page,
  s.ip,
  s.user_agent,
  s.is_bot,
  s.is_bounced,
  s.is_assigned,
  s.sdk_version,
  tok.name as token
from page
join sessions_tracking s on s.website_id = $1::text::bigint and s.id = page.id
left join utm_sources src on src.website_id = s.website_id and src.id = s.utm_source_id
left join utm_mediums med on med.website_id = s.website_id and med.id = s.utm_medium_id
left join utm_campaigns cam on cam.website_id = s.website_id and cam.id = s.utm_campaign_id
left join utm_terms ter on ter.website_id = s.website_id and ter.id = s.utm_term_id
left join utm_contents con on con.website_id = s.website_id and con.id = s.utm_content_id
left join referrer_domains ref on ref.website_id = s.website_id and ref.id = s.referrer_domain_id
left join landing_pages pag on pag.website_id = s.website_id and pag.id = s.landing_page_id
left join ingestion_tokens tok on tok.website_id = s.website_id and tok.id = s.ingestion_token_id
order by s.id
