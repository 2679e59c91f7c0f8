-- Makes referrer domains known; answers with their ids.
-- $1 website ids, $2 domains, $3 categories
-- Index: referrer_domain_is_unique_per_website
with wanted as (
  select *
  from unnest($1::text::bigint[], $2::text::text[], $3::text::text[]) as v (website_id, domain, category)
), added as (
  insert into referrer_domains (website_id, domain, category)
  select website_id, domain, category
  from wanted
  on conflict (website_id, domain) do nothing
  returning website_id, domain, id
)
select website_id::text, domain, id::text from added
union all
select website_id::text, domain, d.id::text from wanted join referrer_domains d using (website_id, domain)
