-- Moves the touches of a session to the one that it became a part of, unless that has the same touch, or they are withdrawn.
-- $1 website_id, $2 session_id, $3 into_id
-- Index: touch_is_unique_per_session
update touches t
set
  session_id = $3::text::bigint,
  updated_at = now()
where t.website_id = $1::text::bigint
  and t.session_id = $2::text::bigint
  and not t.is_withdrawn
  and not exists (
    select
    from touches same
    where same.website_id = t.website_id
      and same.session_id = $3::text::bigint
      and same.touch_key = t.touch_key
  )
