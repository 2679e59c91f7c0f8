-- Version 2: events keep what the cookies of ad platforms held.
-- no parameters
-- Index: none
alter table events
  add column if not exists ad_cookies jsonb
