-- Version 2: events keep what the cookies of ad platforms held.
alter table events
  add column if not exists ad_cookies jsonb
