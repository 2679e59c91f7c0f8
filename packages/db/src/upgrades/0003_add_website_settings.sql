-- Version 3: websites have settings of their own.
-- step: in a transaction
alter table websites
  add column if not exists settings jsonb;

insert into schema_versions (version) values (3) on conflict do nothing;
