-- Touches with the names of their sources, in the order they happened.
-- $1 website_id, $2 id: each once
-- Index: touches_pkey, utm_sources_pkey, utm_mediums_pkey, utm_campaigns_pkey, referrer_domains_pkey, landing_pages_pkey
select
  t.id::text,
  t.customer_id::text,
  round(date_part('epoch', t.occurred_at) * 1000) as at,
  t.type,
  t.channel,
  t.is_direct,
  t.is_paid,
  t.is_bot,
  t.is_withdrawn,
  t.click_id_type,
  s.value as source,
  m.value as medium,
  c.value as campaign,
  d.domain as referrer_domain,
  p.path as landing_path
from (
  select unnest($1::text::bigint[]) as website_id, unnest($2::text::bigint[]) as id
) v
join touches t on t.website_id = v.website_id and t.id = v.id
left join utm_sources s on s.website_id = t.website_id and s.id = t.utm_source_id
left join utm_mediums m on m.website_id = t.website_id and m.id = t.utm_medium_id
left join utm_campaigns c on c.website_id = t.website_id and c.id = t.utm_campaign_id
left join referrer_domains d on d.website_id = t.website_id and d.id = t.referrer_domain_id
left join landing_pages p on p.website_id = t.website_id and p.id = t.landing_page_id
order by t.occurred_at, t.id
