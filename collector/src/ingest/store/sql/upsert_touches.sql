-- Upserts touches; one seen again in its session keeps the earliest time, is no longer withdrawn, and is a bot's
-- only if all its sightings are.
-- $1 website_id, $2 customer_id, $3 session_id, $4 occurred_at, $5 type, $6 touch_key, $7 is_direct, $8 is_paid, $9 is_bot, $10 channel,
-- $11 channel_ruleset, $12 click_id_type, $13 utm_source_id, $14 utm_medium_id, $15 utm_campaign_id, $16 utm_term_id,
-- $17 utm_content_id, $18 referrer_domain_id, $19 landing_page_id, $20 source_event_id, $21 metadata: in lock order
-- Index: touch_is_unique_per_session
insert into touches as t (
  website_id, customer_id, session_id, occurred_at, type, touch_key, is_direct, is_paid, is_bot, channel, channel_ruleset,
  click_id_type, utm_source_id, utm_medium_id, utm_campaign_id, utm_term_id, utm_content_id, referrer_domain_id, landing_page_id,
  source_event_id, metadata
)
select
  unnest($1::text::bigint[]),
  unnest($2::text::bigint[]),
  unnest($3::text::bigint[]),
  to_timestamp(unnest($4::text::float8[]) / 1000),
  unnest($5::text::text[]),
  unnest($6::text::uuid[]),
  unnest($7::text::boolean[]),
  unnest($8::text::boolean[]),
  unnest($9::text::boolean[]),
  unnest($10::text::text[]),
  unnest($11::text::text[]),
  unnest($12::text::text[]),
  unnest($13::text::bigint[]),
  unnest($14::text::bigint[]),
  unnest($15::text::bigint[]),
  unnest($16::text::bigint[]),
  unnest($17::text::bigint[]),
  unnest($18::text::bigint[]),
  unnest($19::text::bigint[]),
  unnest($20::text::bigint[]),
  unnest($21::text::jsonb[])
on conflict (website_id, session_id, touch_key) do update
set
  occurred_at = least(t.occurred_at, excluded.occurred_at),
  is_bot = t.is_bot and excluded.is_bot,
  is_withdrawn = false,
  updated_at = now()
where excluded.occurred_at < t.occurred_at
  or (t.is_bot and not excluded.is_bot)
  or t.is_withdrawn
