-- When those of these sessions began that are known.
-- $1 website ids, $2 cookie identity ids, $3 client session ids
-- Index: session_is_unique_per_cookie
select
  s.website_id::text,
  s.cookie_identity_id::text,
  s.client_session_id::text,
  (extract(epoch from s.started_at) * 1000)::float8 as started_at_ms
from unnest($1::text::bigint[], $2::text::bigint[], $3::text::uuid[]) as v (website_id, cookie_identity_id, client_session_id)
join sessions_tracking s using (website_id, cookie_identity_id, client_session_id)
