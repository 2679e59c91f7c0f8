-- Returns the ids of utm_campaign values, and inserts as many new ones as allowed.
-- $1 website_id, $2 value: in lock order, $3 allowed
-- Index: utm_campaign_is_unique_per_website
with wanted as (
  select unnest($2::text::text[]) as value
), known as (
  select d.value, d.id
  from wanted
  join utm_campaigns d on d.website_id = $1::text::bigint and d.value = wanted.value
), added as (
  insert into utm_campaigns (website_id, value)
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
