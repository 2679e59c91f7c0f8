-- Version 6: a task of the credit queue keeps how far it is done, and tasks that are partly done come last.
-- step: in a transaction
alter table credit_queue
  add column if not exists position bigint;
create index if not exists credit_queue_by_turn on credit_queue (position nulls first, id);
drop index if exists credit_queue_by_id;

insert into schema_versions (version, compatible_since) values (6, 4) on conflict do nothing;
