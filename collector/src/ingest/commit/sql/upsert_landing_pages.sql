-- Returns the ids of landing pages, and inserts as many new ones as allowed.
-- $1 website_id, $2 path, $3 query_hash, $4 full_url_sample: in lock order, $5 allowed
-- Index: landing_page_is_unique_per_website
with wanted as (
  select
    unnest($2::text::text[]) as path,
    unnest($3::text::text[]) as query_hash,
    unnest($4::text::text[]) as full_url_sample
), known as (
  select d.path, d.query_hash, d.id
  from wanted
  join landing_pages d on d.website_id = $1::text::bigint and d.path = wanted.path and d.query_hash = wanted.query_hash
), added as (
  insert into landing_pages (website_id, path, query_hash, full_url_sample)
  select $1::text::bigint, path, query_hash, full_url_sample
  from wanted
  where (path, query_hash) not in (select path, query_hash from known)
  limit $5::integer
  on conflict (website_id, path, query_hash) do nothing
  returning path, query_hash, id
)
select path, query_hash, id::text, false as is_new from known
union all
select path, query_hash, id::text, true from added
