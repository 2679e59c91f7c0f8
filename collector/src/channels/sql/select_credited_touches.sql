-- The touches that earn credit for a page of a website's conversions, once for each, with all that decides their channel and what
-- they earn under the model that attributes the conversion.
-- $1 website_id, $2 after, $3 limit
-- Index: conversions_pkey, conversion_credits_pkey, touches_pkey, utm_sources_pkey, utm_mediums_pkey, utm_campaigns_pkey
select
  v.id::text as conversion_id,
  v.is_refund,
  v.currency,
  k.value_cents,
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
from (
  select
    website_id, id, currency, attribution_model, attribution_version, coalesce(value_cents, 0) < 0 as is_refund
  from conversions
  where website_id = $1::text::bigint
    and id > $2::text::bigint
  order by id
  limit $3::integer
) v
left join lateral (
  select touch_id, sum(value_cents) filter (where model = v.attribution_model)::float8 as value_cents
  from conversion_credits
  where website_id = v.website_id
    and conversion_id = v.id
    and version = v.attribution_version
  group by touch_id
) k on true
left join touches t on t.website_id = v.website_id and t.id = k.touch_id
left join utm_sources s on s.website_id = t.website_id and s.id = t.utm_source_id
left join utm_mediums m on m.website_id = t.website_id and m.id = t.utm_medium_id
left join utm_campaigns c on c.website_id = t.website_id and c.id = t.utm_campaign_id
left join utm_terms e on e.website_id = t.website_id and e.id = t.utm_term_id
left join utm_contents o on o.website_id = t.website_id and o.id = t.utm_content_id
left join referrer_domains d on d.website_id = t.website_id and d.id = t.referrer_domain_id
order by v.id, t.occurred_at, t.id
