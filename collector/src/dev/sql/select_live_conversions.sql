-- The newest conversions of a website with the credit of each touch, and the touches of their persons.
-- $1 website_id
-- Index: conversions_by_time, conversion_credits_pkey, customers_by_merged_into, touches_by_customer, touches_pkey
select
  c.id::text,
  to_char(c.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at,
  c.customer_id::text,
  c.name,
  c.conversion_id,
  c.value_cents::float8 as value_cents,
  c.currency,
  c.attribution_model,
  c.first_touch_id::text,
  c.last_non_direct_touch_id::text,
  coalesce((
    select jsonb_agg(
      jsonb_build_object('model', k.model, 'touch_id', k.touch_id::text, 'weight', k.weight, 'value_cents', k.value_cents)
      order by t.occurred_at, t.id, k.model
    )
    from conversion_credits k
    join touches t on t.website_id = k.website_id and t.id = k.touch_id
    where k.website_id = c.website_id and k.conversion_id = c.id and k.version = c.attribution_version
  ), '[]') as credits,
  coalesce((
    select jsonb_agg(jsonb_build_object(
      'id', t.id::text, 'type', t.type, 'source', us.value, 'medium', um.value, 'campaign', uc.value, 'referrer_domain', r.domain,
      'referrer_category', r.category, 'click_id_type', t.click_id_type
    ))
    from touches t
    left join referrer_domains r on r.website_id = t.website_id and r.id = t.referrer_domain_id
    left join utm_sources us on us.website_id = t.website_id and us.id = t.utm_source_id
    left join utm_mediums um on um.website_id = t.website_id and um.id = t.utm_medium_id
    left join utm_campaigns uc on uc.website_id = t.website_id and uc.id = t.utm_campaign_id
    where t.website_id = c.website_id
      and t.customer_id in (
        select m.id from customers m where m.website_id = c.website_id and p.canonical_id in (m.id, m.merged_into_id)
      )
  ), '[]') as touches
from conversions c
join customers p on p.website_id = c.website_id and p.id = c.customer_id
where c.website_id = $1::text::bigint
order by c.occurred_at desc, c.id desc
limit 10
