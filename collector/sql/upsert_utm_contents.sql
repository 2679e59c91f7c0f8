-- Makes utm_contents known; answers with their ids.
-- $1 website ids, $2 values
-- Index: utm_content_is_unique_per_website
with wanted as (
  select *
  from unnest($1::text::bigint[], $2::text::text[]) as v (website_id, value)
), added as (
  insert into utm_contents (website_id, value)
  select website_id, value
  from wanted
  on conflict (website_id, value) do nothing
  returning website_id, value, id
)
select website_id::text, value, id::text from added
union all
select website_id::text, value, d.id::text from wanted join utm_contents d using (website_id, value)
