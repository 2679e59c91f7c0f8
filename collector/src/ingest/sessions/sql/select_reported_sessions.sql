-- The stored ones of the reported sessions, with their touches.
-- $1 website_id, $2 type, $3 value_hash, $4 client_session_id, $5 position
-- Index: identity_is_unique_per_website, session_is_unique_per_cookie, touch_is_unique_per_session
select
  v.position,
  s.id::text,
  s.customer_id::text,
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
  ) as touches
from (
  select
    unnest($1::text::bigint[]) as website_id,
    unnest($2::text::text[]) as type,
    unnest($3::text::text[]) as value_hash,
    unnest($4::text::uuid[]) as client_session_id,
    unnest($5::text::integer[]) as position
) v
join identities i using (website_id, type, value_hash)
join sessions_tracking s
  on s.website_id = v.website_id
  and s.cookie_identity_id = i.id
  and s.client_session_id = v.client_session_id
