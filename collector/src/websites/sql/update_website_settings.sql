-- Changes settings of a website and keeps the others.
-- $1 id, $2 changes
-- Index: websites_pkey
update websites
set
  settings = coalesce(settings, '{}') || $2::text::jsonb,
  updated_at = now()
where id = $1::text::bigint
returning id::text, key, name, url, status, settings
