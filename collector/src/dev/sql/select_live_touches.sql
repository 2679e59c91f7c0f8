-- The newest touches of a website.
-- $1 website_id
-- Index: touches_pkey, customers_pkey
select
  t.id::text,
  to_char(t.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at,
  p.canonical_id::text as customer_id,
  t.session_id::text,
  t.type,
  t.is_direct,
  t.click_id_type,
  us.value as source,
  um.value as medium,
  uc.value as campaign,
  r.domain as referrer_domain,
  r.category as referrer_category
from touches t
join customers p on p.website_id = t.website_id and p.id = t.customer_id
left join referrer_domains r on r.website_id = t.website_id and r.id = t.referrer_domain_id
left join utm_sources us on us.website_id = t.website_id and us.id = t.utm_source_id
left join utm_mediums um on um.website_id = t.website_id and um.id = t.utm_medium_id
left join utm_campaigns uc on uc.website_id = t.website_id and uc.id = t.utm_campaign_id
where t.website_id = $1::text::bigint
  and not t.is_withdrawn
order by t.occurred_at desc, t.id desc
limit 20
