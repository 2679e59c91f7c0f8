-- Inserts a website into the default account, which it creates if missing.
-- $1 key, $2 name, $3 url
-- Index: organization_slug_is_unique, account_slug_is_unique
with organization as (
  insert into organizations (name, slug)
  values ('Default', 'default')
  on conflict (slug) do update set updated_at = now()
  returning id
), account as (
  insert into accounts (organization_id, name, slug)
  select id, 'Default', 'default' from organization
  on conflict (slug) do update set updated_at = now()
  returning id, organization_id
)
insert into websites (organization_id, account_id, key, name, url)
select organization_id, id, $1::text, $2::text, $3::text from account
returning id::text, key, name, url, status, settings
