-- Dismisses an open identity conflict; returns its status before.
-- $1 website_id, $2 id
-- Index: identity_conflicts_pkey
with old as (
  select website_id, id, status
  from identity_conflicts
  where website_id = $1::text::bigint
    and id = $2::text::bigint
  for update
),
dismissed as (
  update identity_conflicts x
  set
    status = 'dismissed',
    updated_at = now()
  from old
  where x.website_id = old.website_id
    and x.id = old.id
    and old.status = 'open'
)
select status from old
