-- Makes landing pages known; answers with their ids.
-- $1 website ids, $2 paths, $3 query hashes, $4 sample urls
-- Index: landing_page_is_unique_per_website
with wanted as (
  select *
  from unnest($1::text::bigint[], $2::text::text[], $3::text::text[], $4::text::text[]) as v (website_id, path, query_hash, full_url_sample)
), added as (
  insert into landing_pages (website_id, path, query_hash, full_url_sample)
  select website_id, path, query_hash, full_url_sample
  from wanted
  on conflict (website_id, path, query_hash) do nothing
  returning website_id, path, query_hash, id
)
select website_id::text, path, query_hash, id::text from added
union all
select website_id::text, path, query_hash, d.id::text from wanted join landing_pages d using (website_id, path, query_hash)
