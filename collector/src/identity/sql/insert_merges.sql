-- Records merges in this order, and counts them for both of their customers.
-- $1 website_id, $2 from_customer_id, $3 into_customer_id, $4 cause, $5 source_event_id, $6 merged_by, $7 reason
-- Index: customers_pkey
with recorded as (
  insert into customer_merges (
    website_id, from_customer_id, into_customer_id, cause, source_event_id, merged_by, reason
  )
  select
    unnest($1::text::bigint[]),
    unnest($2::text::bigint[]),
    unnest($3::text::bigint[]),
    unnest($4::text::text[]),
    unnest($5::text::bigint[]),
    unnest($6::text::text[]),
    unnest($7::text::text[])
  returning id, website_id, from_customer_id, into_customer_id, cause
), counted as (
  update customers c
  set
    merge_count = c.merge_count + named.merges,
    updated_at = now()
  from (
    select website_id, customer_id, count(*) as merges
    from (
      select website_id, from_customer_id as customer_id from recorded
      union all
      select website_id, into_customer_id from recorded
    ) ends
    group by website_id, customer_id
  ) named
  where c.website_id = named.website_id
    and c.id = named.customer_id
)
select
  id::text,
  website_id::text,
  from_customer_id::text as "from",
  into_customer_id::text as "into",
  cause
from recorded
