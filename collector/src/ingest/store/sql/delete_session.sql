-- Deletes a session that became a part of another.
-- $1 website_id, $2 session_id
-- Index: sessions_tracking_pkey
delete from sessions_tracking
where website_id = $1::text::bigint
  and id = $2::text::bigint
