-- A page of a website's touches, with all that decides their channel.
-- $1 website_id, $2 after, $3 limit
-- Index: touches_pkey, utm_sources_pkey, utm_mediums_pkey, utm_campaigns_pkey, utm_terms_pkey, utm_contents_pkey, referrer_domains_pkey
select
  t.id::text,
  t.customer_id::text,
  t.type,
  t.is_direct,
  t.is_paid,
  t.channel,
  t.channel_ruleset,
  t.click_id_type,
  s.value as source,
  m.value as medium,
  c.value as campaign,
  e.value as term,
  o.value as content,
  d.domain as referrer_domain
from touches t
left join utm_sources s on s.website_id = t.website_id and s.id = t.utm_source_id
left join utm_mediums m on m.website_id = t.website_id and m.id = t.utm_medium_id
left join utm_campaigns c on c.website_id = t.website_id and c.id = t.utm_campaign_id
left join utm_terms e on e.website_id = t.website_id and e.id = t.utm_term_id
left join utm_contents o on o.website_id = t.website_id and o.id = t.utm_content_id
left join referrer_domains d on d.website_id = t.website_id and d.id = t.referrer_domain_id
where t.website_id = $1::text::bigint
  and t.id > $2::text::bigint
order by t.id
limit $3::integer
