-- Version 2: events keep the cookies of ad platforms.
-- step: in a transaction
alter table events
  add column if not exists ad_cookies jsonb;

insert into schema_versions (version) values (2) on conflict do nothing;
