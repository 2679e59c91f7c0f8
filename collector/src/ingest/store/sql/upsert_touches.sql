-- Stores touches; one seen again in its session keeps the earliest time.
-- $1 website ids, $2 customer ids, $3 session ids, $4 occurred, $5 types, $6 keys, $7 direct, $8 click id types, $9–13 utm ids,
-- $14 referrer domain ids, $15 landing page ids, $16 source event ids, $17 metadata
-- Index: touch_is_unique_per_session
insert into touches as t (
  website_id, customer_id, session_id, occurred_at, type, touch_key, is_direct, click_id_type, utm_source_id, utm_medium_id,
  utm_campaign_id, utm_term_id, utm_content_id, referrer_domain_id, landing_page_id, source_event_id, metadata
)
select *
from unnest(
  $1::text::bigint[], $2::text::bigint[], $3::text::bigint[], $4::text::timestamptz[], $5::text::text[], $6::text::uuid[],
  $7::text::boolean[], $8::text::text[], $9::text::bigint[], $10::text::bigint[], $11::text::bigint[], $12::text::bigint[],
  $13::text::bigint[], $14::text::bigint[], $15::text::bigint[], $16::text::bigint[], $17::text::jsonb[]
)
on conflict (website_id, session_id, touch_key) do update
set
  occurred_at = excluded.occurred_at,
  updated_at = now()
where excluded.occurred_at < t.occurred_at
returning website_id::text, customer_id::text
