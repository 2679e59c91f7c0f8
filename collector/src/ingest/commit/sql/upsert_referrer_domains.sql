-- Returns the ids of referrer domains, and inserts as many new ones as allowed.
-- $1 website_id, $2 domain, $3 category: in lock order, $4 allowed
-- Index: referrer_domain_is_unique_per_website
with wanted as (
  select unnest($2::text::text[]) as domain, unnest($3::text::text[]) as category
), known as (
  select d.domain, d.id
  from wanted
  join referrer_domains d on d.website_id = $1::text::bigint and d.domain = wanted.domain
), added as (
  insert into referrer_domains (website_id, domain, category)
  select $1::text::bigint, domain, category
  from wanted
  where domain not in (select domain from known)
  limit $4::integer
  on conflict (website_id, domain) do nothing
  returning domain, id
)
select domain, id::text, false as is_new from known
union all
select domain, id::text, true from added
