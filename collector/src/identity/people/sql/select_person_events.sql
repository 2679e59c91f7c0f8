-- Events of customers with names in place of ids, in the order of their times, after a place in it.
-- $1 website_id, $2 customer_ids, $3 after_at, $4 after_id, $5 limit
-- Index: events_by_customer, events_pkey
with mine as materialized (
  select occurred_at, id
  from events
  where website_id = $1::text::bigint
    and customer_id = any ($2::text::bigint[])
    and (occurred_at, id) > ($3::text::timestamptz, $4::text::bigint)
),
page as materialized (
  select occurred_at, id
  from mine
  order by occurred_at, id
  limit $5::integer
)
select
  e.id::text,
  e.customer_id::text,
  e.session_id::text,
  e.occurred_at,
  e.created_at as stored_at,
  e.type,
  e.name,
  e.url,
  e.title,
  e.revenue_cents::float8,
  e.currency,
  e.conversion_flag,
  e.conversion_id,
  src.value as utm_source,
  med.value as utm_medium,
  cam.value as utm_campaign,
  ter.value as utm_term,
  con.value as utm_content,
  ref.domain as referrer_domain,
  pag.path as landing_page,
  e.props,
  e.ad_cookies,
  e.idempotency_key::text,
  coalesce(e.schema_version, 1) as schema_version,
  coalesce(e.sdk_version, s.sdk_version) as sdk_version,
  tok.name as token,
  to_char(e.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as place_at
from page
join events e on e.website_id = $1::text::bigint and e.occurred_at = page.occurred_at and e.id = page.id
left join sessions_tracking s on s.website_id = e.website_id and s.id = e.session_id
left join utm_sources src on src.website_id = e.website_id and src.id = e.utm_source_id
left join utm_mediums med on med.website_id = e.website_id and med.id = e.utm_medium_id
left join utm_campaigns cam on cam.website_id = e.website_id and cam.id = e.utm_campaign_id
left join utm_terms ter on ter.website_id = e.website_id and ter.id = e.utm_term_id
left join utm_contents con on con.website_id = e.website_id and con.id = e.utm_content_id
left join referrer_domains ref on ref.website_id = e.website_id and ref.id = e.referrer_domain_id
left join landing_pages pag on pag.website_id = e.website_id and pag.id = e.landing_page_id
left join ingestion_tokens tok on tok.website_id = e.website_id and tok.id = coalesce(e.ingestion_token_id, s.ingestion_token_id)
order by e.occurred_at, e.id
