-- Merges changes into the settings of a website, and returns the former ones too.
-- $1 id, $2 changes
-- Index: websites_pkey
update websites w
set
  settings = coalesce(w.settings, '{}') || $2::text::jsonb,
  updated_at = now()
from (
  select id, settings from websites where id = $1::text::bigint for no key update
) former
where w.id = former.id
returning w.id::text, w.key, w.name, w.url, w.status, w.settings, former.settings as former_settings
