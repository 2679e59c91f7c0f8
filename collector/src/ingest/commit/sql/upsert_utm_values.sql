-- Answers with the ids of values of utm_sources, and makes as many new ones as allowed. The other utm tables are alike: their
-- names are put in place of this one.
-- $1 website id, $2 values, $3 how many new ones are allowed
-- Index: utm_source_is_unique_per_website
with wanted as (
  select * from unnest($2::text::text[]) as v (value)
), known as (
  select d.value, d.id
  from wanted
  join utm_sources d on d.website_id = $1::text::bigint and d.value = wanted.value
), added as (
  insert into utm_sources (website_id, value)
  select $1::text::bigint, value
  from wanted
  where value not in (select value from known)
  limit $3::integer
  on conflict (website_id, value) do nothing
  returning value, id
)
select value, id::text, false as is_new from known
union all
select value, id::text, true from added
