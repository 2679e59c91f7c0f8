-- The sessions of cookies that overlap a span of time; the session rules decide which of them continue.
-- $1 website_id, $2 value_hash, $3 since, $4 until, $5 position: one entry per cookie
-- Index: identity_is_unique_per_website, session_is_unique_per_cookie, touch_is_unique_per_session, customers_pkey, identities_pkey
select
  v.position,
  s.id::text,
  s.customer_id::text,
  s.client_session_id::text,
  round(date_part('epoch', s.started_at) * 1000) as started_at_ms,
  round(date_part('epoch', s.ended_at) * 1000) as ended_at_ms,
  s.landing_url is not null as has_landing,
  s.ingestion_token_id::text,
  s.sdk_version,
  (
    select string_agg(
      t.touch_key || ' ' || (date_part('epoch', t.occurred_at) * 1000)::bigint || case when t.is_bot then ' bot' else '' end, ','
    )
    from touches t
    where t.website_id = s.website_id
      and t.session_id = s.id
      and not t.is_withdrawn
  ) as touches,
  s.landing_url,
  s.referrer_url,
  s.is_assigned,
  u.value_hash as user_value_hash,
  s.utm_source_id::text,
  s.utm_medium_id::text,
  s.utm_campaign_id::text,
  s.utm_term_id::text,
  s.utm_content_id::text,
  s.referrer_domain_id::text,
  s.landing_page_id::text
from (
  select
    unnest($1::text::bigint[]) as website_id,
    unnest($2::text::text[]) as value_hash,
    to_timestamp(unnest($3::text::float8[]) / 1000) as since,
    to_timestamp(unnest($4::text::float8[]) / 1000) as until,
    unnest($5::text::integer[]) as position
) v
join identities i on i.website_id = v.website_id and i.type = 'cookie' and i.value_hash = v.value_hash
join sessions_tracking s
  on s.website_id = v.website_id
  and s.cookie_identity_id = i.id
  and s.ended_at >= v.since
  and s.started_at <= v.until
join customers c on c.website_id = s.website_id and c.id = s.customer_id
left join identities u on u.website_id = c.website_id and u.id = c.user_identity_id
