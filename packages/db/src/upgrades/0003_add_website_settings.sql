-- Version 3: websites have settings of their own.
alter table websites
  add column if not exists settings jsonb
