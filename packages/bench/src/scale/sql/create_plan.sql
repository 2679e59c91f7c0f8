-- What the generated rows derive from: how many there are, when they happened, and what session number n looks like. All of it is
-- in a separate schema, which is dropped after the rows have been generated.
-- Run it as a script; bench.plan gets its row by insert_plan.sql.
create schema bench;

create table bench.plan (
  websites    integer      not null,
  customers   bigint       not null,
  sessions    bigint       not null,
  started_at  timestamptz  not null, -- of the first session
  ended_at    timestamptz  not null
);

-- Like the SDK's ids: ordered by time, with a hash of `name` where it has random bits.
create function bench.uuid_v7(at timestamptz, name text) returns uuid
language sql immutable
return overlay(
  overlay(md5(name) placing lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' from 1 for 13)
  placing '8' from 17 for 1
)::uuid;

-- The start of session n: they are spread evenly over the whole time.
create function bench.session_start(plan bench.plan, n bigint) returns timestamptz
language sql stable
return plan.started_at + (plan.ended_at - plan.started_at) * ((n - 1)::float8 / plan.sessions);

-- The sessions with the numbers first to last, which are their ids. The first sessions of all customers come in the order of the
-- customers, later ones in a mixed order. Six of ten arrive through a campaign, two from a referrer, two directly. Every 20th buys.
create function bench.sessions(first bigint, last bigint)
returns table (
  id                  bigint,
  website_id          bigint,
  customer_id         bigint,
  started_at          timestamptz,
  client_session_id   uuid,
  buys                boolean,
  source              integer, -- numbers of values, from 0; null: none
  campaign            integer,
  referrer            integer,
  page                integer,
  event_id            bigint   -- of its first event
)
language sql stable
begin atomic
  select
    n,
    (customer - 1) % plan.websites + 1,
    customer,
    start,
    bench.uuid_v7(start, 'session ' || n),
    n % 20 = 0,
    case when n % 10 < 6 then n % 5 end,
    case when n % 10 < 6 then n % 40 end,
    case when n % 10 in (6, 7) then n % 2 end,
    n % 60,
    (n - 1) * 5 + 1
  from bench.plan
  cross join generate_series(first, last) n
  cross join lateral (
    select
      case when n <= plan.customers then n else n * 7919 % plan.customers + 1 end as customer, -- a prime: each has a turn
      bench.session_start(plan, n) as start
  ) session;
end;

-- The values of a session's origin, by number; they are those of the traffic, so that the load finds its values here.
create function bench.source_id(website_id bigint, source integer) returns bigint
language sql immutable
return (website_id - 1) * 5 + source + 1;

create function bench.medium_id(website_id bigint, source integer) returns bigint
language sql immutable
return (website_id - 1) * 4 + (array[0, 1, 2, 0, 3])[source + 1] + 1;

create function bench.campaign_id(website_id bigint, campaign integer) returns bigint
language sql immutable
return (website_id - 1) * 40 + campaign + 1;

create function bench.referrer_id(website_id bigint, referrer integer) returns bigint
language sql immutable
return (website_id - 1) * 2 + referrer + 1;

create function bench.page_id(website_id bigint, page integer) returns bigint
language sql immutable
return (website_id - 1) * 60 + page + 1;

create function bench.page_path(page integer) returns text
language sql stable
return '/products/category-' || page % 6 || '/article-' || 1000 + page;

-- Five events per session, 45 s apart.
create function bench.session_end(started_at timestamptz) returns timestamptz
language sql immutable
return started_at + interval '180 s';
