-- Deletes touches of a session that no conversion references: that of its landing, or all if no time is given; one key is kept.
-- $1 website_id, $2 session_id, $3 landed_at, $4 kept_key
-- Index: touch_is_unique_per_session, conversion_credits_by_touch, conversions_by_first_touch
delete from touches t
where t.website_id = $1::text::bigint
  and t.session_id = $2::text::bigint
  and t.touch_key is distinct from $4::text::uuid
  and ($3::text::timestamptz is null or (t.type = 'landing' and t.occurred_at = $3::text::timestamptz))
  and not exists (select from conversion_credits k where k.website_id = t.website_id and k.touch_id = t.id)
  and not exists (select from conversions c where c.website_id = t.website_id and c.first_touch_id = t.id)
