-- Adds customers whose conversions have to be credited again.
-- $1 website_id, $2 customer_id, $3 reason
-- Index: credit_queue_pkey
insert into credit_queue (website_id, customer_id, reason)
select
  unnest($1::text::bigint[]),
  unnest($2::text::bigint[]),
  unnest($3::text::text[])
