-- Merges changes into the settings of a website.
-- $1 id, $2 changes
-- Index: websites_pkey
update websites
set
  settings = coalesce(settings, '{}') || $2::text::jsonb,
  updated_at = now()
where id = $1::text::bigint
returning id::text, key, name, url, status, settings
