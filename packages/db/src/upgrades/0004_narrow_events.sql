-- Version 4: events leave out what their session has, keys and streams lose unread columns, ids come in blocks, and
-- foreign keys are removed, with the indexes that served only them: from sessions and touches to the dimension tables, from
-- tables with a row for every event or request, and to the website where the one to the customer implies it.
-- step: concurrently, for each partition of events
create index concurrently if not exists :partition_website_id_customer_id_idx on :partition (website_id, customer_id);

-- step: in a transaction
alter table schema_versions
  add column if not exists compatible_since integer;
update schema_versions set compatible_since = version where compatible_since is null;
alter table schema_versions
  alter column compatible_since set not null;

alter table customers
  alter column id set increment by 100;

alter table sessions_tracking
  alter column id set increment by 100,
  add column if not exists ingestion_token_id bigint,
  add column if not exists sdk_version text,
  add column if not exists is_assigned boolean not null default false,
  drop constraint if exists session_belongs_to_website,
  drop constraint if exists session_landing_page,
  drop constraint if exists session_referrer_domain,
  drop constraint if exists session_utm_source,
  drop constraint if exists session_utm_medium,
  drop constraint if exists session_utm_campaign,
  drop constraint if exists session_utm_term,
  drop constraint if exists session_utm_content;
drop index if exists
  sessions_by_landing_page, sessions_by_referrer_domain, sessions_by_utm_source, sessions_by_utm_medium, sessions_by_utm_campaign,
  sessions_by_utm_term, sessions_by_utm_content;

alter table touches
  drop constraint if exists touch_belongs_to_website,
  drop constraint if exists touch_landing_page,
  drop constraint if exists touch_referrer_domain,
  drop constraint if exists touch_utm_source,
  drop constraint if exists touch_utm_medium,
  drop constraint if exists touch_utm_campaign,
  drop constraint if exists touch_utm_term,
  drop constraint if exists touch_utm_content;
drop index if exists
  touches_by_landing_page, touches_by_referrer_domain, touches_by_utm_source, touches_by_utm_medium, touches_by_utm_campaign,
  touches_by_utm_term, touches_by_utm_content;

alter table events
  alter column id set increment by 1000,
  alter column ingestion_token_id drop not null,
  alter column schema_version drop not null,
  alter column schema_version drop default,
  alter column updated_at drop not null,
  alter column updated_at drop default;
-- The new index takes over those that were built for each partition.
drop index if exists events_by_session, events_by_name, events_by_customer;
create index events_by_customer on events (website_id, customer_id);

alter table event_dedup_keys
  drop constraint if exists dedup_key_belongs_to_website,
  drop column if exists id,
  drop column if exists created_at;

alter table conversions
  drop constraint if exists conversion_belongs_to_website;

alter table token_usages
  drop constraint if exists token_usage_belongs_to_token,
  drop constraint if exists token_usages_pkey,
  add constraint token_usages_pkey primary key (website_id, occurred_at, id);
drop index if exists token_usages_by_token, token_usages_by_time;

alter table client_streams
  drop column if exists created_at,
  drop column if exists updated_at;

insert into schema_versions (version, compatible_since) values (4, 4) on conflict do nothing;
