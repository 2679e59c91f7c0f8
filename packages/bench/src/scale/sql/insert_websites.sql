-- Websites with a public token each, under the ids of the websites.
-- $1 website_id, $2 key, $3 token_prefix, $4 token_hash
with organization as (
  insert into organizations (name, slug)
  values ('Default', 'default')
  returning id
), account as (
  insert into accounts (organization_id, name, slug)
  select id, 'Default', 'default' from organization
  returning id, organization_id
), wanted as (
  select
    unnest($1::bigint[]) as website_id,
    unnest($2::text[]) as key,
    unnest($3::text[]) as token_prefix,
    unnest($4::text[]) as token_hash
), website as (
  insert into websites (id, organization_id, account_id, key, name, url)
  select website_id, organization_id, account.id, key, 'Shop ' || website_id, 'https://shop.example'
  from wanted
  cross join account
)
insert into ingestion_tokens (id, website_id, name, kind, token_prefix, token_hash)
select website_id, website_id, 'browser', 'public', token_prefix, token_hash
from wanted
