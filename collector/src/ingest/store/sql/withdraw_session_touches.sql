-- Withdraws touches of a session that could not be deleted: that of its landing, or all if no time is given; one key is kept.
-- $1 website_id, $2 session_id, $3 landed_at, $4 kept_key
-- Index: touch_is_unique_per_session
update touches t
set
  is_withdrawn = true,
  updated_at = now()
where t.website_id = $1::text::bigint
  and t.session_id = $2::text::bigint
  and t.touch_key is distinct from $4::text::uuid
  and ($3::text::timestamptz is null or (t.type = 'landing' and t.occurred_at = $3::text::timestamptz))
  and not t.is_withdrawn
