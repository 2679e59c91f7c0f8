-- Version 3: websites have their own settings.
-- step: in a transaction
alter table websites
  add column if not exists settings jsonb;

insert into schema_versions (version) values (3) on conflict do nothing;
