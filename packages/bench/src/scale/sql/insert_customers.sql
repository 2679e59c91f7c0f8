-- Customers with the cookie that they own; every tenth has a user id too.
-- $1 customer_id: its cookie has the same id, $2 website_id, $3 value_hash of its cookie
with wanted as (
  select
    v.*,
    bench.session_start(plan, customer_id) as seen_at,
    case when customer_id % 10 = 0 then plan.customers + customer_id / 10 end as user_identity_id
  from (
    select unnest($1::bigint[]) as customer_id, unnest($2::bigint[]) as website_id, unnest($3::text[]) as value_hash
  ) v
  cross join bench.plan
), cookie as (
  insert into identities (id, website_id, type, value_hash, first_seen_at, last_seen_at)
  select customer_id, website_id, 'cookie', value_hash, seen_at, seen_at
  from wanted
), user_id as (
  insert into identities (id, website_id, type, value_hash, first_seen_at, last_seen_at)
  select user_identity_id, website_id, 'user_id', encode(sha256(value_hash::bytea), 'hex'), seen_at, seen_at
  from wanted
  where user_identity_id is not null
), customer as (
  insert into customers (id, website_id, user_identity_id, first_seen_at, last_seen_at)
  select customer_id, website_id, user_identity_id, seen_at, seen_at
  from wanted
)
insert into customer_identity_links (website_id, customer_id, identity_id, source, first_seen_at, last_seen_at)
select website_id, customer_id, identity_id, 'sdk', seen_at, seen_at
from wanted
cross join unnest(array[customer_id, user_identity_id]) identity_id
where identity_id is not null
