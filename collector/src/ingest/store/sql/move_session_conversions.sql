-- Moves the conversions of a session to the one that it became a part of.
-- $1 website_id, $2 session_id, $3 into_id
-- Index: conversions_by_session
update conversions
set
  session_id = $3::text::bigint,
  updated_at = now()
where website_id = $1::text::bigint
  and session_id = $2::text::bigint
