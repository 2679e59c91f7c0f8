-- Touches of customers with names in place of ids, after a place in the order of their ids.
-- $1 website_id, $2 customer_ids, $3 after, $4 limit
-- Index: touches_by_customer, touches_pkey
with mine as materialized (
  select id
  from touches
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
  t.id::text,
  t.customer_id::text,
  t.session_id::text,
  t.source_event_id::text,
  t.occurred_at,
  t.type,
  t.touch_key::text,
  t.is_direct,
  t.is_paid,
  t.is_bot,
  t.is_withdrawn,
  t.channel,
  t.channel_ruleset,
  t.click_id_type,
  src.value as utm_source,
  med.value as utm_medium,
  cam.value as utm_campaign,
  ter.value as utm_term,
  con.value as utm_content,
  ref.domain as referrer_domain,
  pag.path as landing_page,
  t.metadata
from page
join touches t on t.website_id = $1::text::bigint and t.id = page.id
left join utm_sources src on src.website_id = t.website_id and src.id = t.utm_source_id
left join utm_mediums med on med.website_id = t.website_id and med.id = t.utm_medium_id
left join utm_campaigns cam on cam.website_id = t.website_id and cam.id = t.utm_campaign_id
left join utm_terms ter on ter.website_id = t.website_id and ter.id = t.utm_term_id
left join utm_contents con on con.website_id = t.website_id and con.id = t.utm_content_id
left join referrer_domains ref on ref.website_id = t.website_id and ref.id = t.referrer_domain_id
left join landing_pages pag on pag.website_id = t.website_id and pag.id = t.landing_page_id
order by t.id
