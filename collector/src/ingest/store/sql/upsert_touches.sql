-- Upserts touches; one seen again in its session keeps the earliest time, and is no longer withdrawn.
-- $1 website_id, $2 customer_id, $3 session_id, $4 occurred_at, $5 type, $6 touch_key, $7 is_direct, $8 click_id_type,
-- $9 utm_source_id, $10 utm_medium_id, $11 utm_campaign_id, $12 utm_term_id, $13 utm_content_id, $14 referrer_domain_id,
-- $15 landing_page_id, $16 source_event_id, $17 metadata: in lock order
-- Index: touch_is_unique_per_session
insert into touches as t (
  website_id, customer_id, session_id, occurred_at, type, touch_key, is_direct, click_id_type, utm_source_id, utm_medium_id,
  utm_campaign_id, utm_term_id, utm_content_id, referrer_domain_id, landing_page_id, source_event_id, metadata
)
select
  unnest($1::text::bigint[]),
  unnest($2::text::bigint[]),
  unnest($3::text::bigint[]),
  to_timestamp(unnest($4::text::float8[]) / 1000),
  unnest($5::text::text[]),
  unnest($6::text::uuid[]),
  unnest($7::text::boolean[]),
  unnest($8::text::text[]),
  unnest($9::text::bigint[]),
  unnest($10::text::bigint[]),
  unnest($11::text::bigint[]),
  unnest($12::text::bigint[]),
  unnest($13::text::bigint[]),
  unnest($14::text::bigint[]),
  unnest($15::text::bigint[]),
  unnest($16::text::bigint[]),
  unnest($17::text::jsonb[])
on conflict (website_id, session_id, touch_key) do update
set
  occurred_at = excluded.occurred_at,
  is_withdrawn = false,
  updated_at = now()
where excluded.occurred_at < t.occurred_at
  or t.is_withdrawn
