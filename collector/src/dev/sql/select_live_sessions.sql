-- The newest sessions of a website.
-- $1 website_id
-- Index: sessions_by_time, customers_pkey, touch_is_unique_per_session
select
  s.id::text,
  p.canonical_id::text as customer_id,
  to_char(s.started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as started_at,
  s.duration_ms::float8 as duration_ms,
  s.view_count as views,
  s.is_bounced,
  s.is_bot,
  l.path as landing_path,
  us.value as source,
  um.value as medium,
  uc.value as campaign,
  r.domain as referrer_domain,
  r.category as referrer_category,
  (
    select t.click_id_type
    from touches t
    where t.website_id = s.website_id
      and t.session_id = s.id
    order by t.occurred_at, t.id
    limit 1
  ) as click_id_type
from sessions_tracking s
join customers p on p.website_id = s.website_id and p.id = s.customer_id
left join landing_pages l on l.website_id = s.website_id and l.id = s.landing_page_id
left join referrer_domains r on r.website_id = s.website_id and r.id = s.referrer_domain_id
left join utm_sources us on us.website_id = s.website_id and us.id = s.utm_source_id
left join utm_mediums um on um.website_id = s.website_id and um.id = s.utm_medium_id
left join utm_campaigns uc on uc.website_id = s.website_id and uc.id = s.utm_campaign_id
where s.website_id = $1::text::bigint
order by s.started_at desc, s.id desc
limit 20
